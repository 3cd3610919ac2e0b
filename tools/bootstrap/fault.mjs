/** A reason to stop that the person at the keyboard can act on; shown without a stack. */
export class Fault extends Error {}

// npm's own words, told apart by the codes it prints. First match wins.
const causes = [
  [/\bENOSPC\b|no space left/i, 'the disk is full. Free some space and run the same command again.'],
  [
    /\b(EACCES|EPERM|EROFS)\b/,
    'a file could not be written. Check that this folder belongs to you and is not read-only, then run the same command again.',
  ],
  [
    /\bEINTEGRITY\b/,
    'a downloaded package differs from the one this repository was tested with, so it was not installed. Check the proxy or mirror that npm uses.',
  ],
  [
    /\bE40[13]\b/,
    'the package registry refused the download. Check the registry and the credentials in your npm configuration.',
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/,
    'the certificate of the package registry is not trusted. Behind an inspecting proxy, set NODE_EXTRA_CA_CERTS to its CA certificate.',
  ],
  [
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)\b|network/i,
    'the package registry could not be reached. The first start needs the network once; check it (and the proxy settings of npm), then run the same command again.',
  ],
  [
    /can only install packages when your package.json and|lock file/i,
    'package.json and package-lock.json disagree. Restore both with git, or run `npm install` if you changed one on purpose.',
  ],
]

/**
 * Turns a failed npm run into words that say what to do.
 *
 * @param {string} what what was being done, for example 'installing packages'
 * @param {string} output what npm printed
 * @returns {Fault}
 */
export function explainNpm(what, output) {
  const cause = causes.find(([pattern]) => pattern.test(output))?.[1] ?? 'npm failed.'
  const lines = output
    .split('\n')
    .filter((line) => /\S/.test(line.replace(/^npm error/, '')) && !/complete log of this run/.test(line))
    .slice(0, 8)
  return new Fault([`${what} failed: ${cause}`, ...lines.map((line) => `  ${line}`)].join('\n'))
}
