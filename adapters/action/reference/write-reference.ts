import { code, heading, label, paragraph, table, type Block, type Document } from '../../wire/document.ts';
import { errorCatalogue, UNKNOWN_ACTION } from '../../wire/error-catalogue.ts';
import { LANGUAGES, type Language, type Text } from '../../wire/language.ts';
import { wordRefusal } from '../../wire/wording.ts';
import { Refusal, REASONS } from '../../../src/errors.ts';
import { parameterOf } from '../names.ts';
import { chineseProse } from './chinese-prose.ts';
import { describeActions, type ActionReference, type Parameter } from './describe-actions.ts';
import { englishProse } from './english-prose.ts';
import type { Prose } from './prose.ts';

const PROSE: Readonly<Record<Language, Prose>> = { en: englishProse, zh: chineseProse };

/** What the table of contents is called. */
export const CONTENTS: Text = { en: englishProse.contents, zh: chineseProse.contents };

/** The reference of the action API in one language: the catalogue and the schemas, and what they cannot say. */
export function writeReference(language: Language): Document {
  const prose = PROSE[language];
  return {
    language,
    title: prose.title,
    blocks: [
      ...prose.opening,
      heading(2, prose.actions),
      ...describeActions().flatMap((action) => writeAction(action, language, prose)),
      ...prose.errors,
      table(prose.errorHead, errorRows()),
    ],
  };
}

function writeAction(action: ActionReference, language: Language, prose: Prose): Block[] {
  const parameters = action.parameters.map((parameter) => parameterRow(parameter, language, prose));
  const fields = action.fields.map(({ path, type, optional, description }) => {
    const text = description[language];
    return [`\`${path}\``, type, optional ? prose.optional(text) : text];
  });
  return [
    heading(3, action.action),
    paragraph(action.summary[language]),
    paragraph(prose.who(action.who[language])),
    label(prose.request),
    parameters.length > 0 ? table(prose.parameterHead, parameters) : paragraph(prose.noParameters),
    label(prose.answer),
    table(prose.fieldHead, fields),
    label(prose.example),
    code('sh', action.request),
    code('json', action.answer),
  ];
}

function parameterRow(parameter: Parameter, language: Language, prose: Prose): string[] {
  const { name, aliases, type, required, limits, absent, description } = parameter;
  const values = limits.map((limit) => limit[language]);
  if (absent !== undefined) values.push(prose.absent(JSON.stringify(absent)));
  return [
    [name, ...aliases].map((each) => `\`${each}\``).reduce(prose.alias),
    type,
    required ? prose.yes : prose.no,
    description[language],
    values.join(prose.comma),
  ];
}

/** Every number that an action may answer, with the words of its message. */
function errorRows(): string[][] {
  const unknown = new Refusal('resource_not_found', { detail: 'unknown-operation' });
  const refusals = [unknown, ...REASONS.map((reason) => new Refusal(reason))];
  return refusals
    .flatMap((refusal) => {
      const { retCode, word } = errorCatalogue[refusal.reason];
      const number = refusal === unknown ? UNKNOWN_ACTION : retCode;
      const [zh = '', en = ''] = LANGUAGES.map((each) => wordRefusal(refusal, each, parameterOf));
      return number === null ? [] : [{ number, cells: [`\`${word}\``, `\`${refusal.reason}\``, en, zh] }];
    })
    .toSorted((a, b) => a.number - b.number)
    .map(({ number, cells }) => [String(number), ...cells]);
}
