import { constants } from 'node:crypto'
import type { SecureContextOptions, TlsOptions } from 'node:tls'

/**
 * TLS 1.2 and 1.3 with forward secrecy and authenticated encryption only (RFC 9325, sections 3.1 and 4.2). Key exchange
 * is left to OpenSSL's own list, which starts with the X25519MLKEM768 hybrid.
 */
export const protocol = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
  ].join(':'),
  honorCipherOrder: true,
  // A client that renegotiates (TLS 1.2) makes the server work for nothing.
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
} as const satisfies SecureContextOptions

export const listenerProtocol = { ALPNProtocols: ['http/1.1'], handshakeTimeout: 10_000 } as const satisfies TlsOptions
