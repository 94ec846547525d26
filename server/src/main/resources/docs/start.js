document.documentElement.classList.toggle("dark-mode", matchMedia("(prefers-color-scheme: dark)").matches);
SwaggerUIBundle({
  url: "/openapi.yaml", dom_id: "#reference", deepLinking: true, validatorUrl: null,
  persistAuthorization: false, defaultModelsExpandDepth: 0, docExpansion: "list", filter: true,
  presets: [SwaggerUIBundle.presets.apis]
});
