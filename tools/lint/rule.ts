import type { RuleTester } from 'oxlint/plugins-dev'

/** The shape of a rule, as oxlint's own tester takes it. */
export type Rule = Parameters<RuleTester['run']>[1]
