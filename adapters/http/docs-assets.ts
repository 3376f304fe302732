import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CONSOLE_SCRIPT } from './docs-console-script.ts';
import { CONSOLE_STYLE } from './docs-console-style.ts';
import { digestOf, makePage, type Page } from './page.ts';

const JAVASCRIPT = 'text/javascript; charset=utf-8';
const CSS = 'text/css; charset=utf-8';

/** What the console loads, by name: Swagger UI as its package has it, and what is our own about it. */
const SOURCES = {
  'swagger-ui.css': { type: CSS, read: () => ofPackage('swagger-ui-dist/swagger-ui.css') },
  'swagger-ui.js': { type: JAVASCRIPT, read: () => ofPackage('swagger-ui-dist/swagger-ui-bundle.js') },
  'console.css': { type: CSS, read: () => CONSOLE_STYLE },
  'console.js': { type: JAVASCRIPT, read: () => CONSOLE_SCRIPT },
} as const;
export type AssetName = keyof typeof SOURCES;

interface Asset {
  readonly path: string;
  readonly page: Page;
}

/** Read at the first look at the console, and then kept: two megabytes that most instances never need. */
const loaded = new Map<AssetName, Asset>();

function load(name: AssetName): Asset {
  const known = loaded.get(name);
  if (known) return known;
  const { type, read } = SOURCES[name];
  const content = read();
  const asset: Asset = {
    path: `/docs/assets/${digestOf(content)}/${name}`,
    // The path names the content, so it may be kept for ever.
    page: makePage(type, content, { 'cache-control': 'public, max-age=31536000, immutable' }),
  };
  loaded.set(name, asset);
  return asset;
}

function ofPackage(name: string): Buffer {
  return readFileSync(fileURLToPath(import.meta.resolve(name)));
}

/** Where an asset of this very version is found. */
export function assetPath(name: AssetName): string {
  return load(name).path;
}

/** The asset at a path, if its content is still the one that the path names. */
export function findAsset(path: string): Page | undefined {
  const name = /^\/docs\/assets\/[\w-]+\/([a-z.-]+)$/.exec(path)?.[1];
  if (name === undefined || !Object.hasOwn(SOURCES, name)) return undefined;
  const asset = load(name as AssetName);
  return asset.path === path ? asset.page : undefined;
}
