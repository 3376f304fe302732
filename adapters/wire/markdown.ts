import { sectionsOf, type Block, type Document } from './document.ts';

/** A document as Markdown, with a table of contents below its title. */
export function toMarkdown(document: Document): string {
  const contents = sectionsOf(document).map(
    ({ level, text, anchor }) => `${level === 3 ? '  ' : ''}- [${text}](#${anchor})`,
  );
  return [`# ${document.title}`, contents.join('\n'), ...document.blocks.map(writeBlock)].join('\n\n');
}

function writeBlock(block: Block): string {
  switch (block.is) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${block.text}`;
    case 'label':
      return `**${block.text}**`;
    case 'paragraph':
      return block.text;
    case 'list':
      return block.items.map((item, index) => `${block.ordered ? `${index + 1}.` : '-'} ${item}`).join('\n');
    case 'table':
      return [block.head, block.head.map(() => '---'), ...block.rows].map(writeRow).join('\n');
    case 'code':
      return `\`\`\`${block.language}\n${block.text}\n\`\`\``;
  }
}

function writeRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
