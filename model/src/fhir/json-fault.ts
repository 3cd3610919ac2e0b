export type JsonFaultCode = 'malformed' | 'too-deep' | 'duplicate-key' | 'too-large'

const texts: Readonly<Record<JsonFaultCode, string>> = {
  malformed: 'not well-formed JSON in UTF-8',
  'too-deep': 'nested too deeply',
  'duplicate-key': 'one object names the same property twice',
  'too-large': 'larger than the limit',
}

/** Why bytes were not taken as JSON. `position` is the offset in bytes; nothing of the content is repeated. */
export class JsonFault extends Error {
  readonly code: JsonFaultCode
  readonly position: number

  constructor(code: JsonFaultCode, position: number) {
    super(texts[code])
    this.name = 'JsonFault'
    this.code = code
    this.position = position
  }
}
