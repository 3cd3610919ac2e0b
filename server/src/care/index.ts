// What a practice does with records: so far, signing notes and adding to them.
export { type Note, noteTypes, type Signing, signNote } from './sign-note.ts'
