import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { FileFault } from './piece.ts'

const chunkSize = 256 * 1024
// FHIR JSON shrinks to a tenth or a fortieth. What grows 200-fold past this size is made to fill a machine.
const expansionFree = 64 * 1024 * 1024
const mostExpansion = 200
const byteOrderMark = Buffer.of(0xef, 0xbb, 0xbf)

/** Bytes of the file as it stands on the disk, counted as they are read: for progress. */
export type OnBytes = (count: number) => void

/**
 * A file's bytes in chunks, uncompressed when they are gzip (by their first bytes, whatever the name says), without a
 * byte order mark. Throws FileFault.
 */
export async function* sourceBytes(path: string, onBytes: OnBytes = () => undefined): AsyncGenerator<Buffer> {
  let first = true
  for await (const chunk of (await isGzip(path)) ? unzip(path, onBytes) : plain(path, onBytes)) {
    const marked = first && chunk.subarray(0, 3).equals(byteOrderMark)
    first = false
    yield marked ? chunk.subarray(3) : chunk
  }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(unreadable)
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  } catch {
    throw new FileFault('unreadable')
  } finally {
    await file.close()
  }
}

async function* plain(path: string, onBytes: OnBytes): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: chunkSize })
  try {
    for await (const chunk of file) {
      onBytes(chunk.length)
      yield chunk
    }
  } catch {
    throw new FileFault('unreadable')
  } finally {
    file.destroy()
  }
}

async function* unzip(path: string, onBytes: OnBytes): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: chunkSize })
  const gunzip = createGunzip({ chunkSize })
  file.on('error', () => gunzip.destroy(new FileFault('unreadable')))
  file.pipe(gunzip)
  let taken = 0
  let given = 0
  try {
    for await (const chunk of gunzip) {
      given += chunk.length
      if (given > expansionFree && given > mostExpansion * file.bytesRead) throw new FileFault('expands-too-far')
      onBytes(file.bytesRead - taken)
      taken = file.bytesRead
      yield chunk
    }
  } catch (error) {
    if (error instanceof FileFault) throw error
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    throw new FileFault(code === 'Z_BUF_ERROR' ? 'cut-short' : 'compression-damaged')
  } finally {
    file.destroy()
    gunzip.destroy()
  }
}

function unreadable(): never {
  throw new FileFault('unreadable')
}
