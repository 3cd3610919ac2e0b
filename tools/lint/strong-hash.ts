import type { Rule } from './rule.ts'

const calls = new Set([
  'createHash',
  'createHmac',
  'hash',
  'digest',
  'createSign',
  'createVerify',
  'hkdfSync',
  'hkdf',
  'pbkdf2',
  'pbkdf2Sync',
])
const weak = /^(rsa-)?(md[245]|sha-?1|ripemd-?160|rmd160)$/i

/** Collisions of MD5 and SHA-1 are for sale; nothing new is built on them. */
export const strongHash: Rule = {
  create(context) {
    return {
      CallExpression(node) {
        const { callee } = node
        const name =
          callee.type === 'MemberExpression' && callee.property.type === 'Identifier'
            ? callee.property.name
            : callee.type === 'Identifier'
              ? callee.name
              : ''
        if (!calls.has(name)) return
        for (const argument of node.arguments) {
          if (argument.type === 'Literal' && typeof argument.value === 'string' && weak.test(argument.value)) {
            context.report({ node: argument, message: `${argument.value} is broken; use sha256 or stronger.` })
          }
        }
      },
    }
  },
}
