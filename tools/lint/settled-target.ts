import type { Rule } from './rule.ts'

/**
 * In `this.rows[this.add(key)] = value`, `this.rows` is taken before the call is made. When the call replaces `rows` by
 * a larger array, the value goes to the old one and is lost. So the index is computed in a statement of its own.
 */
export const settledTarget: Rule = {
  create(context) {
    return {
      AssignmentExpression({ left }) {
        if (left.type !== 'MemberExpression' || !left.computed) return
        const [target, index] = [left.object, left.property].map((node) => context.sourceCode.getText(node))
        if (target === undefined || index === undefined || !target.startsWith('this.')) return
        if (/\bthis\.[#\w.]+\(|\bawait\b/.test(index))
          context.report({ node: left, message: 'The call may replace what is assigned to: call it before.' })
      },
    }
  },
}
