import { LANGUAGE_TAGS, type Language, type Text } from '../wire/language.ts';
import { assetPath } from './docs-assets.ts';

const TITLE: Text = { en: 'jobgate REST API', zh: 'jobgate REST API' };
const REFERENCE: Text = { en: 'action API', zh: 'action API 参考' };
const NO_SCRIPT: Text = {
  en: 'This page needs JavaScript. The document that it shows is at',
  zh: '此页面需要 JavaScript。所展示的文档位于',
};

/** Our own scripts, styles and answers, and the pictures that the style sheet holds; nothing inline. */
export const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  'img-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page on which the REST API may be tried: Swagger UI, loaded from here. */
export function writeConsole(
  language: Language,
  { document, other }: { document: string; other: { language: Language; name: string; target: string } },
): string {
  const address = `${document}?lang=${LANGUAGE_TAGS[language]}`;
  return `<!doctype html>
<html lang="${LANGUAGE_TAGS[language]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${TITLE[language]}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${assetPath('swagger-ui.css')}">
<link rel="stylesheet" href="${assetPath('console.css')}">
<script src="${assetPath('swagger-ui.js')}" defer></script>
<script src="${assetPath('console.js')}" defer></script>
</head>
<body>
<header>
<p class="title">${TITLE[language]}</p>
<a href="/docs/actions?lang=${LANGUAGE_TAGS[language]}">${REFERENCE[language]}</a>
<a href="${other.target}" lang="${LANGUAGE_TAGS[other.language]}" hreflang="${LANGUAGE_TAGS[other.language]}">${other.name}</a>
</header>
<main id="console" data-document="${address}"></main>
<noscript><p>${NO_SCRIPT[language]} <a href="${address}">${document}</a></p></noscript>
</body>
</html>
`;
}
