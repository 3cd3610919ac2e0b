/**
 * uPlot asks for number formats of `navigator.language` as it loads, and some browsers name a language there that they do
 * not accept themselves (`en-US@posix` where the machine has no locale). Our own numbers never depend on it.
 */
export function steadyLanguage(): void {
  try {
    Intl.NumberFormat(navigator.language)
  } catch {
    Object.defineProperty(navigator, 'language', { value: 'en-US', configurable: true })
  }
}
