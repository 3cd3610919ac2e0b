/** Why a keyring cannot be used. The words are for the operator who starts the server, and say what to do. */
const words = {
  missing: 'There is no keyring here. Give the folder it is in, or make a new one for a new, empty database.',
  wrong:
    'The passphrase or key file is not the one this keyring was made with. Give the right one; nothing was changed.',
  damaged:
    'The keyring or its key file was changed or is incomplete. Put back the copy that was kept when it was made; nothing was changed.',
  exposed:
    'Others on this machine can read the key file. Take their rights away (chmod 600) and consider the key known.',
  exists: 'There is a keyring here already. It was left as it is, because records may be sealed under it.',
} as const

export type KeyFaultCode = keyof typeof words

/** The keyring cannot be used; nothing was opened and nothing was changed. */
export class KeyFault extends Error {
  readonly code: KeyFaultCode

  /** @param path names the file or folder that the operator has to look at. */
  constructor(code: KeyFaultCode, path: string, cause?: unknown) {
    super(`${words[code]} (${path})`, cause === undefined ? undefined : { cause })
    this.name = 'KeyFault'
    this.code = code
  }
}

/** What was sealed is not what was found: other bytes, another place, or another key. Nothing more can be told apart. */
export class Damaged extends Error {
  constructor() {
    super('Sealed bytes failed their integrity check.')
    this.name = 'Damaged'
  }
}
