// What a practice does with records: so far, signing notes and adding to them.
export { noteTypes } from './note-types.ts'
export { type Note, type Signature, type Signing, signNote } from './sign-note.ts'
