import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { pagePolicy, siteHeaders } from './headers.ts'
import type { Answer } from './route.ts'

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.woff2': 'font/woff2',
}

/** What `index.html` holds where the nonce of one answer is to stand. */
const nonceMark = '__CSP_NONCE__'

/** Vite puts a hash of the content into these names, so what was fetched once is right for ever. */
const hashed = /^\/assets\/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/

interface SiteFile {
  readonly type: string
  readonly cache: string
  readonly plain: Buffer
  brotli?: Buffer
  gzip?: Buffer
}

/** The web app's files, read at start. A request looks its path up among them: no path of a request meets the disk. */
export class Site {
  readonly #files = new Map<string, SiteFile>()
  readonly #page: string | undefined
  /** Resolves when every file is compressed; until then they are sent as they are. */
  readonly compressed: Promise<void>

  /** `folder`: what `vite build` wrote. */
  constructor(folder: string) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const type = types[extname(entry.name)]
      if (!entry.isFile() || type === undefined) continue
      const file = join(entry.parentPath, entry.name)
      const path = `/${relative(folder, file).split(sep).join('/')}`
      const cache = hashed.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache'
      this.#files.set(path, { type, cache, plain: readFileSync(file) })
    }
    this.#page = this.#files.get('/index.html')?.plain.toString('utf8')
    this.#files.delete('/index.html')
    this.compressed = compress(this.#files.values())
  }

  /** The file of that path, or undefined. */
  file(path: string, acceptEncoding: string): Answer | undefined {
    const found = this.#files.get(path)
    if (found === undefined) return undefined
    const headers: Record<string, string> = {
      ...siteRecord,
      'content-type': found.type,
      'cache-control': found.cache,
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      vary: 'accept-encoding',
    }
    if (found.brotli !== undefined && /\bbr\b/.test(acceptEncoding)) {
      return { status: 200, headers: { ...headers, 'content-encoding': 'br' }, body: found.brotli }
    }
    if (found.gzip !== undefined && /\bgzip\b/.test(acceptEncoding)) {
      return { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: found.gzip }
    }
    return { status: 200, headers, body: found.plain }
  }

  /** The page, for any address within the app; with a nonce of its own, so it is never kept. */
  page(): Answer | undefined {
    if (this.#page === undefined) return undefined
    const nonce = randomBytes(16).toString('base64')
    const headers = {
      ...siteRecord,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': pagePolicy(nonce),
    }
    return { status: 200, headers, body: this.#page.replaceAll(nonceMark, nonce) }
  }
}

const siteRecord: Readonly<Record<string, string>> = Object.fromEntries(
  siteHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, siteHeaders[at + 1] ?? '']] : [])),
)

/** In the background, one at a time, so that the start does not wait for it; kept only where it is smaller. */
async function compress(files: Iterable<SiteFile>): Promise<void> {
  for (const file of files) {
    if (file.plain.length < 1024 || /^(image\/png|font)/.test(file.type)) continue
    const params = { [constants.BROTLI_PARAM_QUALITY]: 7, [constants.BROTLI_PARAM_SIZE_HINT]: file.plain.length }
    const brotli = await promisify(brotliCompress)(file.plain, { params })
    const zipped = await promisify(gzip)(file.plain)
    if (brotli.length < file.plain.length) file.brotli = brotli
    if (zipped.length < file.plain.length) file.gzip = zipped
  }
}
