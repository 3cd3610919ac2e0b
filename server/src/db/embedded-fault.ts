/** Why the database would not start, in words for an operator. */
export class EmbeddedFault extends Error {}
