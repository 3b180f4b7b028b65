// The page of the API: draws the OpenAPI document of this installation, and tries it from here.
"use strict";

const place = document.getElementById("api");

window.SwaggerUIBundle({
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
