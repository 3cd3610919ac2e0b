export function nodeFlags(command: string | undefined): string[]
export const heapSettings: Readonly<Record<string, string>>
