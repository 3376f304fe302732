/** The languages of every message. Chinese is the default: both conventions come from Chinese clouds. */
export const LANGUAGES = ['zh', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
