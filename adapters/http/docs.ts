import { createHash } from 'node:crypto';
import type { Context } from 'koa';
import { CONTENTS, writeReference } from '../action/reference/write-reference.ts';
import { namesTag } from '../wire/entity-tag.ts';
import type { WireAnswer } from '../wire/exchange.ts';
import { toHtml } from '../wire/html.ts';
import { LANGUAGE_TAGS, languageOf, LANGUAGES, type Language } from '../wire/language.ts';
import { DOCS_STYLE } from './docs-style.ts';

const REFERENCE = '/docs/actions';
const STYLE_SHEET = '/docs/docs.css';

/** One page of the documentation; anyone may read it. */
interface Page extends Pick<WireAnswer, 'status' | 'body'> {
  readonly headers: Readonly<Record<string, string>> & { readonly etag: string };
}

const NAMES: Readonly<Record<Language, string>> = { en: 'English', zh: '中文' };

/** Made of the running program's own tables at the first look at each, and then kept. */
const made = new Map<string, Page>();

/** The page of the documentation that is asked for; undefined where it is none. */
export function findPage(ctx: Context): Page | undefined {
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return undefined;
  const page = pageAt(ctx);
  if (!page || !namesTag(ctx.headers['if-none-match'], page.headers.etag)) return page;
  return { ...page, status: 304, body: undefined };
}

function pageAt(ctx: Context): Page | undefined {
  if (ctx.path === STYLE_SHEET) {
    return keep(STYLE_SHEET, () => makePage('text/css; charset=utf-8', DOCS_STYLE));
  }
  if (ctx.path !== REFERENCE) return undefined;
  const asked = [ctx.query.lang].flat()[0];
  const language = languageOf(asked ?? (ctx.acceptsLanguages([...LANGUAGES]) || undefined));
  return keep(language, () => makeReference(language));
}

function keep(name: string, make: () => Page): Page {
  const page = made.get(name) ?? make();
  made.set(name, page);
  return page;
}

function makeReference(language: Language): Page {
  const other = language === 'en' ? 'zh' : 'en';
  const html = toHtml(writeReference(language), {
    styleSheet: STYLE_SHEET,
    contents: CONTENTS[language],
    other: { language: other, name: NAMES[other], target: `?lang=${LANGUAGE_TAGS[other]}` },
  });
  return makePage('text/html; charset=utf-8', html, {
    'content-language': LANGUAGE_TAGS[language],
    vary: 'Accept-Language',
    'content-security-policy':
      "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
  });
}

function makePage(type: string, text: string, headers: Readonly<Record<string, string>> = {}): Page {
  const body = Buffer.from(text);
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return {
    status: 200,
    body,
    headers: {
      ...headers,
      'content-type': type,
      // Another version of jobgate has another page: it is kept, and asked for whether it still holds.
      'cache-control': 'no-cache',
      etag: `"${digest}"`,
      'x-content-type-options': 'nosniff',
    },
  };
}
