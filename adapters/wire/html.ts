import { anchorOf, sectionsOf, type Block, type Document } from './document.ts';
import { LANGUAGE_TAGS, type Language } from './language.ts';

/** What stands around a document on its page. */
export interface Frame {
  readonly styleSheet: string;
  /** The page in the other language. */
  readonly other: { readonly language: Language; readonly name: string; readonly target: string };
  /** Another page, about something beside it. */
  readonly beside?: { readonly name: string; readonly target: string };
  /** A word above the table of contents. */
  readonly contents: string;
}

/** A document as one page of HTML without scripts and without styles of its own. Every text is escaped. */
export function toHtml(document: Document, { styleSheet, other, beside, contents }: Frame): string {
  const links = sectionsOf(document).map(
    ({ level, text, anchor }) =>
      `<li class="level-${level}"><a href="#${anchor}">${writeText(text)}</a></li>`,
  );
  const tag = LANGUAGE_TAGS[other.language];
  const link = beside ? `<a href="${escape(beside.target)}">${escape(beside.name)}</a>\n` : '';
  return `<!doctype html>
<html lang="${LANGUAGE_TAGS[document.language]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(document.title)}</title>
<link rel="stylesheet" href="${escape(styleSheet)}">
</head>
<body>
<header>
<p class="title">${escape(document.title)}</p>
${link}<a href="${escape(other.target)}" lang="${tag}" hreflang="${tag}">${escape(other.name)}</a>
</header>
<div class="page">
<nav aria-label="${escape(contents)}">
<details open>
<summary>${escape(contents)}</summary>
<ul>
${links.join('\n')}
</ul>
</details>
</nav>
<main>
<h1>${escape(document.title)}</h1>
${document.blocks.map(writeBlock).join('\n')}
</main>
</div>
</body>
</html>
`;
}

function writeBlock(block: Block): string {
  switch (block.is) {
    case 'heading': {
      const anchor = anchorOf(block.text);
      return `<h${block.level} id="${anchor}"><a href="#${anchor}">${writeText(block.text)}</a></h${block.level}>`;
    }
    case 'label':
      return `<p class="label">${writeText(block.text)}</p>`;
    case 'paragraph':
      return `<p>${writeText(block.text)}</p>`;
    case 'list': {
      const tag = block.ordered ? 'ol' : 'ul';
      const items = block.items.map((item) => `<li>${writeText(item)}</li>`).join('\n');
      return `<${tag}>\n${items}\n</${tag}>`;
    }
    case 'table': {
      const rows = block.rows.map((row) => writeRow('td', row)).join('\n');
      // It scrolls by itself where it is wider than a phone, and the keyboard must reach it then.
      return `<div class="table" tabindex="0"><table>
<thead>
${writeRow('th', block.head)}
</thead>
<tbody>
${rows}
</tbody>
</table></div>`;
    }
    case 'code':
      return `<pre tabindex="0"><code>${escape(block.text)}</code></pre>`;
  }
}

function writeRow(cell: 'th' | 'td', texts: readonly string[]): string {
  return `<tr>${texts.map((text) => `<${cell}>${writeText(text)}</${cell}>`).join('')}</tr>`;
}

/** The marks that a document's texts may hold; code is read first, since marks within it are none. */
const MARKS = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)\s]+)\)/g;

function writeText(text: string): string {
  let html = '';
  let from = 0;
  for (const mark of text.matchAll(MARKS)) {
    const [all, ofCode, ofStress, ofLink, target = ''] = mark;
    html += escape(text.slice(from, mark.index));
    if (ofCode !== undefined) html += `<code>${escape(ofCode)}</code>`;
    else if (ofStress !== undefined) html += `<strong>${escape(ofStress)}</strong>`;
    else html += `<a href="${escape(target)}">${escape(ofLink ?? '')}</a>`;
    from = mark.index + all.length;
  }
  return html + escape(text.slice(from));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
