// @ts-check
// A session that ended, as a page in the background learns it: told once, and nothing is asked for any more.
import { toast } from "./toasts.js";

const OVER = "Su sesión terminó y esta página ya no se pone al día. Recárguela para entrar otra vez";
/** The office may have its devices keep nothing: then the page cannot promise it. */
const isKept = document.body.dataset.guarda !== "no";
let over = false;

/** Whether the person has to sign in before anything else is answered. */
export const isOver = () => over;

/** The server answered that it does not know the person any more. */
export function endSession() {
  if (over) return;
  over = true;
  toast(isKept ? `${OVER}: lo que escribió se conserva.` : `${OVER}; copie antes lo que escribió.`, "aviso");
}
