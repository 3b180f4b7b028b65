// What the scripts use without importing it: libraries that a page loads as classic scripts, the
// events of HTMX and of our own, and what browsers have but TypeScript does not describe yet.
import type { Chart as ChartClass } from "chart.js";
import type htmxApi from "htmx.org";
import type * as Leaflet from "leaflet";
import type SortableClass from "sortablejs";
import type { Config, Morph } from "idiomorph/dist/idiomorph.d.ts";

/** What HTMX tells with its events; which of them are there depends on the event. */
interface HtmxDetail {
  elt: HTMLElement;
  target: HTMLElement;
  xhr: XMLHttpRequest;
  requestConfig?: { verb?: string; path?: string; parameters?: Record<string, string> | FormData };
  boosted?: boolean;
  successful?: boolean;
  shouldSwap?: boolean;
}
type HtmxEvent = CustomEvent<HtmxDetail>;

/** An event that a service worker is kept alive for. */
interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface WorkerFetchEvent extends WorkerEvent {
  readonly request: Request;
  respondWith(answer: Response | Promise<Response>): void;
}
/** A message of a push service. */
interface WorkerPushEvent extends WorkerEvent {
  readonly data: { json(): { texto: string; url: string; marca: string } } | null;
}
/** A page of ours that is open. */
interface WorkerPage {
  readonly url: string;
  focus(): Promise<unknown>;
}
interface WorkerEventMap {
  install: WorkerEvent;
  activate: WorkerEvent;
  fetch: WorkerFetchEvent;
  sync: WorkerEvent & { readonly tag: string };
  push: WorkerPushEvent;
  notificationclick: WorkerEvent & { readonly notification: Notification };
}

declare global {
  /** A message of a push service, as one of our workers hears of it. */
  type PushMessage = WorkerPushEvent;
  const htmx: typeof htmxApi;
  const Sortable: typeof SortableClass;
  const Chart: typeof ChartClass;
  const Idiomorph: { morph: (was: Element, is: Element, config?: Config) => ReturnType<Morph> };
  const SwaggerUIBundle: (settings: Record<string, unknown>) => unknown;

  interface Window {
    L: typeof Leaflet;
    protomapsL: typeof import("protomaps-leaflet");
    Chart?: typeof ChartClass;
    Sortable?: typeof SortableClass;
  }

  interface DocumentEventMap {
    aviso: CustomEvent<{ texto?: string; value?: string; tipo?: import("../static/js/toasts.js").Tipo; enlaces?: { texto: string; href: string }[] }>;
    "htmx:afterRequest": HtmxEvent;
    "htmx:afterSettle": HtmxEvent;
    "htmx:afterSwap": HtmxEvent;
    "htmx:beforeCleanupElement": HtmxEvent;
    "htmx:beforeHistorySave": HtmxEvent;
    "htmx:beforeOnLoad": HtmxEvent;
    "htmx:beforeRequest": HtmxEvent;
    "htmx:beforeSwap": HtmxEvent;
    "htmx:configRequest": CustomEvent<{ headers: Record<string, string>; triggeringEvent?: Event }>;
    "htmx:historyRestore": HtmxEvent;
    "htmx:load": HtmxEvent;
    "htmx:responseError": HtmxEvent;
    "htmx:sendError": HtmxEvent;
    "htmx:swapError": HtmxEvent;
    "htmx:timeout": HtmxEvent;
    "htmx:xhr:progress": CustomEvent<{ lengthComputable: boolean; loaded: number; total: number }>;
  }

  interface HTMLElementEventMap {
    "novedades:tablero": CustomEvent<number>;
    "novedades:cerrada": CustomEvent;
  }

  // Pages are HTML: what a selector finds is an element of HTML. A look-up may find nothing.
  interface ParentNode {
    querySelector(selectors: string): HTMLElement | null;
    querySelectorAll(selectors: string): NodeListOf<HTMLElement>;
  }
  interface Element {
    closest(selectors: string): HTMLElement | null;
  }

  // TypeScript describes either pages or workers. This is what our workers use.
  interface ServiceWorkerGlobalScope {
    readonly clients: {
      claim(): Promise<void>;
      matchAll(options: { type: "window"; includeUncontrolled: boolean }): Promise<WorkerPage[]>;
      openWindow(url: string): Promise<unknown>;
    };
    readonly location: Location;
    readonly registration: ServiceWorkerRegistration;
    skipWaiting(): Promise<void>;
    addEventListener<K extends keyof WorkerEventMap>(type: K, listener: (event: WorkerEventMap[K]) => void): void;
  }

  /** Background sync: Chromium only. */
  interface ServiceWorkerRegistration {
    readonly sync?: { register(tag: string): Promise<void> };
  }
}
