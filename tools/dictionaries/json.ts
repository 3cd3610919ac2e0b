export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export type JsonObject = { readonly [name: string]: Json }

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The text, or nothing when it is not text. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
