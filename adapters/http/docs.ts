import type { Context } from 'koa';
import { CONTENTS, writeReference } from '../action/reference/write-reference.ts';
import { DOCUMENT_PATH } from '../rest/openapi/describe-document.ts';
import { writeDocument } from '../rest/openapi/write-document.ts';
import { namesTag } from '../wire/entity-tag.ts';
import { toHtml } from '../wire/html.ts';
import { LANGUAGE_TAGS, languageOf, LANGUAGES, type Language } from '../wire/language.ts';
import { findAsset } from './docs-assets.ts';
import { CONSOLE_POLICY, writeConsole } from './docs-console.ts';
import { DOCS_STYLE } from './docs-style.ts';
import { makePage, type Page } from './page.ts';

const CONSOLE = '/docs';
const REFERENCE = '/docs/actions';
const STYLE_SHEET = '/docs/docs.css';

const REFERENCE_POLICY =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const NAMES: Readonly<Record<Language, string>> = { en: 'English', zh: '中文' };

/** The pages that are written in the reader's language. */
const PAGES: Readonly<Record<string, (language: Language) => Page>> = {
  [CONSOLE]: (language) =>
    writtenPage(
      language,
      writeConsole(language, { document: DOCUMENT_PATH, other: otherThan(language) }),
      CONSOLE_POLICY,
    ),
  [REFERENCE]: (language) => {
    const frame = {
      styleSheet: STYLE_SHEET,
      contents: CONTENTS[language],
      other: otherThan(language),
      beside: { name: 'REST API', target: `${CONSOLE}?lang=${LANGUAGE_TAGS[language]}` },
    };
    return writtenPage(language, toHtml(writeReference(language), frame), REFERENCE_POLICY);
  },
  [DOCUMENT_PATH]: (language) =>
    makePage(
      'application/json; charset=utf-8',
      JSON.stringify(writeDocument(language)),
      languageHeaders(language),
    ),
};

/** Made of the running program's own tables at the first look at each, and then kept. */
const made = new Map<string, Page>();

/** The page of the documentation that is asked for; undefined where it is none. */
export function findPage(ctx: Context): Page | undefined {
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return undefined;
  const page = pageAt(ctx);
  if (!page || !namesTag(ctx.headers['if-none-match'], page.headers.etag)) return page;
  const { 'content-type': _type, ...headers } = page.headers;
  return { status: 304, headers, body: undefined };
}

function pageAt(ctx: Context): Page | undefined {
  if (ctx.path === STYLE_SHEET) {
    return keep(STYLE_SHEET, () => makePage('text/css; charset=utf-8', DOCS_STYLE));
  }
  const write = Object.hasOwn(PAGES, ctx.path) ? PAGES[ctx.path] : undefined;
  if (!write) return findAsset(ctx.path);
  const asked = [ctx.query.lang].flat()[0];
  const language = languageOf(asked ?? (ctx.acceptsLanguages([...LANGUAGES]) || undefined));
  return keep(`${ctx.path} ${language}`, () => write(language));
}

function keep(name: string, make: () => Page): Page {
  const page = made.get(name) ?? make();
  made.set(name, page);
  return page;
}

function writtenPage(language: Language, html: string, policy: string): Page {
  return makePage('text/html; charset=utf-8', html, {
    ...languageHeaders(language),
    'content-security-policy': policy,
    'referrer-policy': 'no-referrer',
  });
}

function languageHeaders(language: Language): Record<string, string> {
  return { 'content-language': LANGUAGE_TAGS[language], vary: 'Accept-Language' };
}

/** Where the same page stands in the other language. */
function otherThan(language: Language): { language: Language; name: string; target: string } {
  const other = language === 'en' ? 'zh' : 'en';
  return { language: other, name: NAMES[other], target: `?lang=${LANGUAGE_TAGS[other]}` };
}
