// What a search parameter finds in a resource: typed, ready to be compared or indexed.

export interface TokenValue {
  readonly kind: 'token'
  readonly system: string | undefined
  readonly code: string | undefined
  /** Words that stand beside the code: CodeableConcept.text, Coding.display, Identifier.type.text. */
  readonly text: string | undefined
  /** Identifier.type's codings, for `:of-type`. */
  readonly types: readonly { system: string | undefined; code: string | undefined }[] | undefined
  /** A telephone number or e-mail address is compared without punctuation and case, a plain string without case. */
  readonly loose: 'contact' | 'case' | undefined
}

export interface StringValue {
  readonly kind: 'string'
  readonly text: string
}

/** What `_text` and `_content` search: the words of the narrative, of all texts, in their order. */
export interface WordsValue {
  readonly kind: 'words'
  readonly words: readonly string[]
}

export interface ReferenceValue {
  readonly kind: 'reference'
  /** Type of what is pointed to, when the text, `Reference.type` or the contained resource says it. */
  readonly type: string | undefined
  /** Logical id: of a relative reference, or of an absolute one whose base is in `base`. */
  readonly id: string | undefined
  readonly base: string | undefined
  /** The text when it is no `Type/id`: `urn:uuid:…`, a canonical's address. */
  readonly url: string | undefined
  /** Business version of a canonical: after the `|`. */
  readonly version: string | undefined
  readonly identifier: { readonly system: string | undefined; readonly value: string | undefined } | undefined
}

/** Unix milliseconds, `high` not included; open ends are infinite. */
export interface DateValue {
  readonly kind: 'date'
  readonly low: number
  readonly high: number
}

/** `low` and `high` are the same for a plain number, both included; a comparator or an open Range makes one infinite. */
export interface NumberValue {
  readonly kind: 'number'
  readonly low: number
  readonly high: number
}

export interface QuantityValue {
  readonly kind: 'quantity'
  readonly low: number
  readonly high: number
  readonly unit: string | undefined
  readonly system: string | undefined
  readonly code: string | undefined
}

export interface UriValue {
  readonly kind: 'uri'
  readonly uri: string
}

/** Values of each part, from the same element. */
export interface CompositeValue {
  readonly kind: 'composite'
  readonly parts: readonly (readonly SearchValue[])[]
}

/** Degrees (WGS84); altitude is not searched by. */
export interface PositionValue {
  readonly kind: 'position'
  readonly latitude: number
  readonly longitude: number
}

export type SearchValue =
  | TokenValue
  | StringValue
  | WordsValue
  | ReferenceValue
  | DateValue
  | NumberValue
  | QuantityValue
  | UriValue
  | CompositeValue
  | PositionValue
