/** What stands around Swagger UI. Its own colours are light ones. */
export const CONSOLE_STYLE = `:root { color-scheme: light; }
body { margin: 0; background: #fafafa; font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
header { display: flex; gap: 0.8rem; align-items: center; padding: 0.7rem 1.5rem; background: #fff; border-bottom: 1px solid #dde3ea; }
header .title { flex: 1; margin: 0; font-weight: 600; }
header a { padding: 0.1rem 0.8rem; border: 1px solid #dde3ea; border-radius: 1rem; color: #0b6bcb; font-size: 0.9rem; text-decoration: none; }
noscript p { padding: 1.5rem; }
.swagger-ui .information-container .info { margin: 1.5rem 0; }
`;
