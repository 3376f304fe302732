/** What starts Swagger UI on the page of the console. It stands in a file of its own: no script is inline. */
export const CONSOLE_SCRIPT = `'use strict';
const place = document.getElementById('console');
const ui = SwaggerUIBundle({
  domNode: place,
  url: place.dataset.document,
  layout: 'BaseLayout',
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
  // Whoever logs in here calls with that token from then on.
  responseInterceptor(response) {
    const data = response.body && response.body.code === 0 && response.body.data;
    if (new URL(response.url, location.href).pathname === '/v1/auth' && data && data.token) {
      ui.preauthorizeApiKey('token', data.token);
    }
    return response;
  },
});
`;
