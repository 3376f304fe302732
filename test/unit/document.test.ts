import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  code,
  heading,
  label,
  list,
  paragraph,
  steps,
  table,
  type Document,
} from '../../adapters/wire/document.ts';
import { toHtml } from '../../adapters/wire/html.ts';
import { toMarkdown } from '../../adapters/wire/markdown.ts';

const EVIL = `<script>alert("1" & '2')</script>`;
const ESCAPED = '&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;';

const document = (...blocks: Document['blocks']): Document => ({ language: 'en', title: 'T', blocks });
const html = (...blocks: Document['blocks']): string =>
  toHtml(document(...blocks), {
    styleSheet: '/s.css',
    contents: 'C',
    other: { language: 'zh', name: 'Z', target: '?lang=zh-CN' },
  });

describe('a document as HTML', () => {
  it('escapes every text, wherever it stands', () => {
    const page = html(
      heading(2, EVIL),
      label(EVIL),
      paragraph(`${EVIL} \`${EVIL}\` **${EVIL}** [${EVIL}](#x)`),
      list(EVIL),
      steps(EVIL),
      table([EVIL], [[EVIL]]),
      code('sh', EVIL),
    );
    assert.doesNotMatch(page, /<script/);
    assert.equal(page.split(ESCAPED).length - 1, 12);
  });

  it('escapes the target of a link', () => {
    assert.match(html(paragraph('[a]("onclick=x)')), /href="&quot;onclick=x"/);
  });

  it('reads code, stress and links, and no mark within code', () => {
    assert.match(
      html(paragraph('a `b**c**` **d** [e](#f)')),
      new RegExp('<p>a <code>b\\*\\*c\\*\\*</code> <strong>d</strong> <a href="#f">e</a></p>'),
    );
  });

  it('says its language and that of the other page, and links headings from its table of contents', () => {
    const page = html(heading(2, 'Two dialects'), heading(3, 'CreateJob'));
    assert.match(page, /<html lang="en">/);
    assert.match(page, /<a href="\?lang=zh-CN" lang="zh-CN" hreflang="zh-CN">Z<\/a>/);
    assert.match(page, /<li class="level-2"><a href="#two-dialects">Two dialects<\/a>/);
    assert.match(page, /<h3 id="createjob">/);
  });

  it('has no style and no script of its own', () => {
    assert.doesNotMatch(html(paragraph('a')), /style=|<style|<script|\son[a-z]+=/);
  });
});

describe('a document as Markdown', () => {
  it('keeps a bar within a cell from ending it', () => {
    assert.match(toMarkdown(document(table(['a'], [['b|c']]))), /^\| b\\\|c \|$/m);
  });

  it('numbers steps and dots lists', () => {
    assert.match(toMarkdown(document(steps('a', 'b'), list('c'))), /1\. a\n2\. b\n\n- c/);
  });
});
