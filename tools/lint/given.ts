import { placeOf } from './place.ts'
import type { Rule } from './rule.ts'

const givers: Readonly<Record<string, string>> = {
  'Date.now': 'take a Clock',
  'Math.random': 'take what makes the choice, or use newId or node:crypto',
  'process.env': 'read settings with readSetting of #base, where the program starts',
}

/**
 * Time, chance and the environment are given to code, not taken by it, so that a test decides them. Only `base` (and
 * the clock of the web app), command lines, tools and tests may reach for them.
 */
export const given: Rule = {
  create(context) {
    const { path, area, module, test } = placeOf(context.physicalFilename)
    const free =
      test || area === 'tools' || area === '' || module === 'base' || module === 'cli' || path === 'web/src/clock.ts'
    if (free) return {}
    return {
      MemberExpression(node) {
        if (node.computed || node.object.type !== 'Identifier' || node.property.type !== 'Identifier') return
        const name = `${node.object.name}.${node.property.name}`
        const instead = givers[name]
        if (instead !== undefined) context.report({ node, message: `${name} is not for here: ${instead}.` })
      },
      NewExpression(node) {
        if (node.callee.type !== 'Identifier' || node.callee.name !== 'Date' || node.arguments.length > 0) return
        context.report({ node, message: `new Date() is not for here: ${givers['Date.now']}.` })
      },
      ImportDeclaration(node) {
        if (/^(node:)?process$/.test(node.source.value)) {
          context.report({ node, message: `${node.source.value} is not for here: ${givers['process.env']}.` })
        }
      },
    }
  },
}
