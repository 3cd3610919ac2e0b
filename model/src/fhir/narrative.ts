// Narrative that may be shown: a small, well-formed XHTML of what R4 allows (narrative, 2.32.4 and txt-1), and nothing
// that could act: no script, event handler, form, frame, foreign content, or address of a scheme that runs or fetches.

const spaced = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const elements = spaced(
  'a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ' +
    'ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var',
)

const attributes = spaced(
  'abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite ' +
    'class colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap rel rev ' +
    'rowspan rules scope shape span src start style summary tabindex title type valign value vspace width xmlns xml:lang xml:space',
)

/**
 * Named characters of XML. R4 allows no others (narrative, 2.4.0: there is no support for HTML's, such as `&nbsp;`): a
 * reader of XHTML fails on the whole resource, and with it on the page.
 */
const entities = spaced('amp lt gt quot apos')

const namespace = 'http://www.w3.org/1999/xhtml'
const token =
  /<!--[\s\S]*?-->|<\/([A-Za-z][\w:.-]*)\s*>|<([A-Za-z][\w:.-]*)((?:\s+[A-Za-z_][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|[^<]+|</gy
const attribute = /\s*([A-Za-z_][\w:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/gy
const reference = /&(?:#([0-9]+)|#x([0-9A-Fa-f]+)|(\w+));|&/g

/** XML has all of Unicode's but these and the control characters (XML 1.0, production 2). */
const noCharacter: ReadonlySet<number> = new Set([0xfffe, 0xffff])

/** What is wrong with a narrative's `div`, in words without any of it; undefined when it may be kept and shown. */
export function narrativeFault(div: string): string | undefined {
  if (/[\uFFFE\uFFFF]/.test(div)) return 'holds a character that XML does not have'
  const open: string[] = []
  let content = false
  let ended = false
  for (const [text, closing, opening, written = '', slash] of div.trim().matchAll(token)) {
    if (text.startsWith('<!--')) {
      // A comment that ends early for HTML, or one that some browsers act on.
      if (/^-?>|--|-$|^\s*\[/.test(text.slice(4, -3))) return 'holds a comment that browsers read differently'
      continue
    }
    if (ended) return 'must be one div'
    if (closing !== undefined) {
      if (open.pop() !== closing) return 'is not well-formed XHTML: tags do not match'
      ended = open.length === 0
    } else if (opening !== undefined) {
      const fault = elementFault(opening, written, open.length === 0)
      if (fault !== undefined) return fault
      if (opening === 'img') content = true
      if (slash === '') open.push(opening)
      else ended = open.length === 0
      if (open.length > 100) return 'is nested too deeply'
    } else {
      if (open.length === 0) return 'must be one div'
      const fault = textFault(text)
      if (fault !== undefined) return fault
      if (text.trim() !== '') content = true
    }
  }
  if (open.length > 0 || !ended) return 'is not well-formed XHTML: a tag is not closed'
  return content ? undefined : 'must say something'
}

function elementFault(name: string, written: string, root: boolean): string | undefined {
  if (root && name !== 'div') return 'must be one div'
  if (!elements.has(name)) return 'holds an element that narrative may not have'
  const seen = new Set<string>()
  for (const [, key = '', double, single] of written.matchAll(attribute)) {
    if (seen.has(key)) return 'is not well-formed XHTML: an attribute is there twice'
    seen.add(key)
    if (!attributes.has(key)) return 'holds an attribute that narrative may not have'
    const fault = attributeFault(name, key, double ?? single ?? '')
    if (fault !== undefined) return fault
  }
  return root && !seen.has('xmlns') ? 'must name the XHTML namespace on its div' : undefined
}

function attributeFault(element: string, name: string, written: string): string | undefined {
  const value = decode(written)
  if (value === undefined)
    return 'holds a named character that XML does not have (write the character, or its number), or a number that is no character'
  if (name === 'xmlns') return value === namespace ? undefined : 'holds content of another namespace'
  if (name === 'style') return actsInStyle(value) ? 'holds a style that fetches or runs something' : undefined
  if (name === 'src' || name === 'href' || name === 'cite' || name === 'longdesc') {
    return isHarmless(value, element === 'img' && name === 'src')
      ? undefined
      : 'holds an address that may run something'
  }
  return undefined
}

function textFault(text: string): string | undefined {
  if (text === '<' || text.includes(']]>')) return 'is not well-formed XHTML'
  return decode(text) === undefined
    ? 'holds a named character that XML does not have (write the character, or its number), or a number that is no character'
    : undefined
}

/** The text with its references as the characters they stand for; a name of HTML stays, being one harmless character. */
function decode(text: string): string | undefined {
  if (!text.includes('&')) return text
  let known = true
  const plain = text.replaceAll(reference, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) {
      known &&= entities.has(name)
      return name === 'amp' ? '&' : whole
    }
    const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
    const allowed =
      point === 9 ||
      point === 10 ||
      point === 13 ||
      (point >= 0x20 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff) && !noCharacter.has(point))
    known &&= allowed
    return allowed ? String.fromCodePoint(point) : ''
  })
  return known ? plain : undefined
}

const schemes = spaced('http https mailto tel urn')
const picture = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*$/

function isHarmless(address: string, image: boolean): boolean {
  // Browsers drop control characters and white space before they look for a scheme.
  const bare = address.replaceAll(/[\p{Cc}\p{Cf}\p{Z}]/gu, '')
  const scheme = /^([^/?#]*?):/.exec(bare)?.[1]?.toLowerCase()
  if (scheme === undefined) return !bare.startsWith('//') && !bare.startsWith('\\')
  if (scheme === 'data') return image && picture.test(address)
  return schemes.has(scheme)
}

function actsInStyle(style: string): boolean {
  return /[\\<]|url\s*\(|image(?:-set)?\s*\(|expression|javascript|@import|behaviou?r|-moz-binding|position\s*:\s*fixed|\/\*/i.test(
    style,
  )
}
