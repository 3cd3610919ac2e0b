import type { Server } from 'node:https'
import type { Socket } from 'node:net'
import { Refusal } from '#base'
import type { Actor } from '#policy'
import { neighbourhood, peerOf } from './address.ts'
import type { Limits } from './limits.ts'

/** One request, as far as a connection is judged by it. */
export interface Request {
  readonly incoming: { readonly socket: Socket; readonly complete: boolean }
  /** Its answer is decided. */
  readonly settled: boolean
}

interface Connection {
  /** The TCP connection: it is there before TLS is. */
  readonly socket: Socket
  /** Who is counted together; undefined for a proxy of our own, which speaks for many. */
  readonly address: string | undefined
  /** The handshake is done. */
  secure: boolean
  /** A request has come. */
  used: boolean
  /** Requests whose answers are not out yet. */
  readonly requests: Set<Request>
  /** The actor who has been authenticated on it. */
  known: string | undefined
}

/**
 * The connections there are. Those on which nobody has been authenticated yet are strangers: so many of one address, and
 * of all. One stranger more takes the place of the least useful one that nothing is being done for, which a request that
 * does not come whole and an answer that nobody reads are not. So a host that holds connections open holds them against
 * itself, and people and programs at work keep theirs.
 */
export class Connections {
  readonly #limits: Limits
  readonly #isProxy: (address: string) => boolean
  /** By addresses and port of the peer, which TCP and the TLS on it share. */
  readonly #all = new Map<string, Connection>()
  readonly #secure = new WeakMap<Socket, Connection>()
  /** By address; the oldest first. */
  readonly #strangers = new Map<string, Set<Connection>>()
  readonly #known = new Map<string, number>()
  #strangerCount = 0

  constructor(limits: Limits, isProxy: (address: string) => boolean) {
    this.#limits = limits
    this.#isProxy = isProxy
  }

  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.#open(socket))
    server.on('secureConnection', (socket: Socket) => {
      const connection = this.#all.get(keyOf(socket))
      if (connection === undefined) return
      connection.secure = true
      this.#secure.set(socket, connection)
    })
  }

  /** A request begins. Throws 'rate-limited' when too many are at work on this connection already. */
  begin(request: Request): void {
    const connection = this.#secure.get(request.incoming.socket)
    if (connection === undefined) return
    connection.used = true
    connection.requests.add(request)
    const { pipelined } = this.#limits
    const most =
      connection.address === undefined || connection.known !== undefined ? pipelined.known : pipelined.stranger
    if (connection.requests.size > most) throw new Refusal('rate-limited')
  }

  /** The answer is out, or nobody is there to take it. */
  end(request: Request): void {
    this.#secure.get(request.incoming.socket)?.requests.delete(request)
  }

  /** Somebody was authenticated on it. Past so many of one actor, the connection stays a stranger's. */
  know({ incoming }: Request, actor: Pick<Actor, 'kind' | 'id'>): void {
    const connection = this.#secure.get(incoming.socket)
    if (connection?.address === undefined || connection.known !== undefined) return
    const count = this.#known.get(actor.id) ?? 0
    if (count >= this.#limits.actorConnections[actor.kind]) return
    this.#forgetStranger(connection)
    connection.known = actor.id
    this.#known.set(actor.id, count + 1)
  }

  /** Those that never sent a request: node counts them as busy. */
  closeUnused(): void {
    for (const { socket, used } of this.#all.values()) if (!used) socket.destroy()
  }

  /** All of them, also in the midst of an answer or a handshake. */
  closeAll(): void {
    for (const { socket } of this.#all.values()) socket.destroy()
  }

  #open(socket: Socket): void {
    const key = keyOf(socket)
    const peer = peerOf(socket)
    const address = this.#isProxy(peer) ? undefined : neighbourhood(peer)
    const connection: Connection = {
      socket,
      address,
      secure: false,
      used: false,
      requests: new Set(),
      known: undefined,
    }
    if (address !== undefined && !this.#makeRoom(address)) {
      socket.destroy()
      return
    }
    this.#all.set(key, connection)
    if (address !== undefined) {
      const group = this.#strangers.get(address) ?? new Set()
      this.#strangers.set(address, group.add(connection))
      this.#strangerCount += 1
    }
    socket.once('close', () => this.#close(key, connection))
  }

  #close(key: string, connection: Connection): void {
    if (this.#all.get(key) === connection) this.#all.delete(key)
    this.#forgetStranger(connection)
    if (connection.known === undefined) return
    const left = (this.#known.get(connection.known) ?? 1) - 1
    if (left > 0) this.#known.set(connection.known, left)
    else this.#known.delete(connection.known)
  }

  #forgetStranger(connection: Connection): void {
    const { address } = connection
    const group = address === undefined ? undefined : this.#strangers.get(address)
    if (address === undefined || group?.delete(connection) !== true) return
    this.#strangerCount -= 1
    if (group.size === 0) this.#strangers.delete(address)
  }

  /** False when all there could be given up are at work. */
  #makeRoom(address: string): boolean {
    const { ofAddress, inAll } = this.#limits.strangers
    const group = this.#strangers.get(address)
    if (group !== undefined && group.size >= ofAddress) return this.#giveUpOne(group)
    if (this.#strangerCount < inAll) return true
    // Whoever has the most gives one up.
    const largest = [...this.#strangers.values()].reduce((most, one) => (one.size > most.size ? one : most))
    return this.#giveUpOne(largest)
  }

  #giveUpOne(group: ReadonlySet<Connection>): boolean {
    let least: Connection | undefined
    for (const one of group) {
      if ([...one.requests].some(({ incoming, settled }) => incoming.complete && !settled)) continue
      if (least === undefined || worth(one) < worth(least)) least = one
      if (worth(least) === 0) break
    }
    if (least === undefined) return false
    this.#forgetStranger(least)
    least.socket.destroy()
    return true
  }
}

/** The less, the sooner it is given up: before its first byte, in the handshake, idle, in the midst of a request. */
function worth({ secure, socket, requests }: Connection): number {
  if (!secure) return socket.bytesRead > 0 ? 1 : 0
  return requests.size === 0 ? 2 : 3
}

function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}|${remotePort}`
}
