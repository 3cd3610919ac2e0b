// The functions that may be called, with the numbers of parameters they take. Not offered, because the library answers
// them over the network or by a terminology server: resolve, memberOf, weight, ordinal, %terminologies, %factory.

const byParameters: readonly (readonly [counts: readonly number[], names: string])[] = [
  [[0], 'empty not allTrue anyTrue allFalse anyFalse isDistinct distinct count sum min max avg single first last tail'],
  [[0], 'type toInteger toLong toDecimal toString toDate toDateTime toTime toBoolean hasValue getValue htmlChecks'],
  [[0], 'convertsToBoolean convertsToInteger convertsToLong convertsToDecimal convertsToString convertsToDate'],
  [
    [0],
    'convertsToDateTime convertsToTime convertsToQuantity upper lower length toChars trim abs ceiling exp floor ln',
  ],
  [[0], 'sqrt truncate now today timeOfDay yearOf monthOf dayOf hourOf minuteOf secondOf millisecondOf'],
  [[0], 'timezoneOffsetOf dateOf timeOf children descendants'],
  [[0, 1], 'exists join round lowBoundary highBoundary toQuantity'],
  [[1], 'all subsetOf supersetOf where extension select ofType is as take skip combine union intersect exclude repeat'],
  [[1], 'indexOf lastIndexOf startsWith endsWith contains split encode decode escape unescape log power comparable'],
  [[1, 2], 'aggregate trace defineVariable substring matches matchesFull'],
  [[2], 'replace replaceMatches'],
  [[2, 3], 'iif'],
  [[0, 1, 2, 3], 'sort'],
  [[1, 2, 3, 4, 5, 6], 'coalesce'],
]

/** How many parameters each function takes. */
export const functions: ReadonlyMap<string, readonly number[]> = new Map(
  byParameters.flatMap(([counts, names]) => names.split(' ').map((name) => [name, counts] as const)),
)
