// Where the phone is: the list by distance, and the position of a visit. Nothing leaves the phone
// but with a visit that its person saves.
(() => {
  "use strict";

  const NO_POSITION = "Sin su posición, la lista va por comuna y plazo.";
  const REASONS = {
    1: `${NO_POSITION} Para ver primero lo más cercano, permita la posición en los ajustes del navegador.`,
    2: `${NO_POSITION} El teléfono no la encontró: salga a cielo abierto e inténtelo otra vez.`,
    3: `${NO_POSITION} Tardó demasiado: inténtelo otra vez.`,
  };
  const EARTH_M = 6371000;
  const radians = (degrees) => (degrees * Math.PI) / 180;

  let root = null;
  let known = null;

  /** Metres between two points along the ground (haversine). */
  function distance(a, b) {
    const sine = (value) => Math.sin(radians(value) / 2) ** 2;
    const part = sine(b.lat - a.lat) + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * sine(b.lon - a.lon);
    return 2 * EARTH_M * Math.asin(Math.sqrt(part));
  }

  const readable = (metres) => {
    if (metres < 950) return `${Math.max(10, Math.round(metres / 10) * 10)} m`;
    return `${(metres / 1000).toFixed(metres < 9950 ? 1 : 0).replace(".", ",")} km`;
  };

  /** The position now, or null when it is not to be had. */
  function locate() {
    if (!navigator.geolocation) return Promise.resolve({ error: REASONS[2] });
    return new Promise((resolve) => {
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          known = { lat: coords.latitude, lon: coords.longitude, exactitud_m: Math.round(coords.accuracy) };
          resolve({ position: known });
        },
        (error) => resolve({ error: REASONS[error.code] || REASONS[2] }),
        { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 },
      );
    });
  }

  function say(text) {
    const line = root.querySelector("[data-terreno-order]");
    line.textContent = text;
    line.hidden = !text;
  }

  /** Put the nearest first in each part of the list; what has no point comes last, as it was. */
  function order() {
    if (!known) return;
    root.querySelectorAll(".terreno-cards").forEach((list) => {
      const cards = [...list.children].map((card) => {
        const place = card.dataset.lat ? { lat: Number(card.dataset.lat), lon: Number(card.dataset.lon) } : null;
        return { card, metres: place ? distance(known, place) : Infinity };
      });
      cards.sort((a, b) => (a.metres === b.metres ? 0 : a.metres - b.metres));
      cards.forEach(({ card, metres }) => {
        const text = card.querySelector("[data-terreno-distance]");
        text.hidden = metres === Infinity;
        if (metres !== Infinity) {
          text.textContent = "aproximada" in card.dataset ? `≈ ${readable(metres)} a la comuna` : `a ${readable(metres)}`;
        }
        list.append(card);
      });
    });
    say(`Más cercanas primero; su posición tiene un margen de ±${known.exactitud_m} m.`);
  }

  async function locateAndOrder() {
    const button = root.querySelector("[data-terreno-near]");
    button.disabled = true;
    const { error } = await locate();
    button.disabled = false;
    if (error) say(error);
    else order();
  }

  /** Order by distance where that is allowed already; else offer it, and say what holds meanwhile. */
  async function start(element) {
    root = element;
    const button = root.querySelector("[data-terreno-near]");
    button.hidden = false;
    button.addEventListener("click", locateAndOrder);
    let permission = null;
    try {
      permission = await navigator.permissions.query({ name: "geolocation" });
    } catch {
      return; // this browser does not tell before it asks
    }
    if (permission.state === "granted") await locateAndOrder();
    else if (permission.state === "denied") say(REASONS[1]);
  }

  self.terrenoCercania = { start, order, locate };
})();
