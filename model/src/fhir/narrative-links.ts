const tag = /<[^<>]*>/g
const attribute = /(\s(?:href|src)\s*=\s*)(?:"([^"]*)"|'([^']*)')/g
const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '"': '&quot;' }

/** Replaces the values of `href` and `src` in XHTML for which `map` gives another; fragments (`#…`) are not asked about. */
export function rewriteLinks(xhtml: string, map: (link: string) => string | undefined): string {
  if (!xhtml.includes('href') && !xhtml.includes('src')) return xhtml
  return xhtml.replaceAll(tag, (whole) =>
    whole.replaceAll(attribute, (text: string, before: string, a?: string, b?: string) => {
      const link = a ?? b ?? ''
      if (link.startsWith('#')) return text
      const mapped = map(link.replaceAll('&amp;', '&'))
      return mapped === undefined ? text : `${before}"${mapped.replaceAll(/[&<"]/g, (one) => escapes[one] ?? one)}"`
    }),
  )
}
