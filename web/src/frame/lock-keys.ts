import { onMac } from './keys.ts'

/**
 * Ctrl+L is the address line of every browser but on a Mac, where it is free; elsewhere Alt+L is.
 * (AltGr is Ctrl and Alt together, so it stays free for writing.)
 */
export const lockKeys = onMac ? { keys: 'other+l', aria: 'Control+L' } : { keys: 'alt+l', aria: 'Alt+L' }
