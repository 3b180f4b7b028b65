// @ts-check
// The page of the API: draws the OpenAPI document of this installation, and tries it from here.
import { need } from "./elements.js";

const place = need(HTMLElement, "#api");

SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  persistAuthorization: false,
  // Colouring code needs styles written into the page, which its security policy refuses.
  syntaxHighlight: { activated: false },
  validatorUrl: null,
});
