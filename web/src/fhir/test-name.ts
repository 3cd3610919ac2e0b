// LOINC names say exactly what was measured (`Glucose [Mass/volume] in Serum or Plasma`). In a table most of that repeats in
// every row, so it is left out where the shorter name still names one test only.

/** Without the property in brackets: the unit says the same. */
export function fullName(loincName: string): string {
  return loincName.replace(/ \[[^\]]*\]/, '').trim()
}

/** As clinicians say it: the usual specimen and method are understood. Urine, stool and the like always stay. */
export function shortName(name: string): string {
  return name
    .replace(/^Glomerular filtration rate\/1\.73 sq M\.predicted.*/, 'eGFR')
    .replace(/ by (Automated count|calculation|Estimate|Coagulation assay)$/, '')
    .replace(
      / (?:in|of) (Serum or Plasma|Serum, Plasma or Blood|Platelet poor plasma|Serum|Plasma|Blood|Capillary blood)$/,
      '',
    )
    .replace(/\/Hemoglobin\.total$/, '')
    .replaceAll(/(?<=[a-z])\.(total|direct|indirect|free)\b/g, ', $1')
}

/** Short names where they differ, full ones where two tests would share a name. */
export function distinctNames(names: readonly string[]): readonly string[] {
  const short = names.map(shortName)
  return names.map((name, place) => {
    const own = short[place] ?? name
    return short.filter((other) => other === own).length === 1 ? own : name
  })
}
