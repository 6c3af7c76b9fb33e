// The page of the API: Swagger's own files, served from here; nothing is sent to its validator.
"use strict";

window.SwaggerUIBundle({
  url: "api/v1/openapi.json",
  dom_id: "#swagger",
  validatorUrl: null,
  deepLinking: true,
  tryItOutEnabled: true,
});
