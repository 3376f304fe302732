import { LANGUAGES, type Language } from '../../src/language.ts';

export { LANGUAGES, type Language } from '../../src/language.ts';

export const DEFAULT_LANGUAGE: Language = 'zh';

/** What each is called in headers and documents. */
export const LANGUAGE_TAGS: Readonly<Record<Language, string>> = { zh: 'zh-CN', en: 'en' };

/** One text in every language. */
export type Text = Readonly<Record<Language, string>>;

/** The language that a tag such as `zh-CN` or `en` asks for; the default where it is none of ours. */
export function languageOf(tag: string | undefined): Language {
  const primary = tag?.toLowerCase().split('-')[0];
  return LANGUAGES.find((language) => language === primary) ?? DEFAULT_LANGUAGE;
}
