declare const performance: { now(): number }
import { describe, expect, test } from 'vitest'
import { narrativeFault } from './narrative.ts'

const inDiv = (content: string): string => `<div xmlns="http://www.w3.org/1999/xhtml">${content}</div>`

describe('kept', () => {
  test.each([
    ['text', 'plain'],
    ['formatting', '<p class="a" style="color: red; width: 50%">a <b>b</b><br/>c</p>'],
    ['a table', '<table><tr><td colspan="2">1 &lt; 2</td></tr></table>'],
    ['a link', '<a href="https://a.example/x?a=1&amp;b=2">x</a>'],
    ['a mail address', '<a href="mailto:a@b.example">x</a>'],
    ['a link within', '<a name="x">x</a><a href="#x">x</a>'],
    ['a link to a record', '<a href="Patient/1">x</a>'],
    ['a picture within', '<img src="#pic" alt="x"/>'],
    ['a picture in place', '<img src="data:image/png;base64,AAAA" alt="x"/>'],
    ['a character by its number', '&#160;x&#xE9;'],
    ['a character by its name in XML', '&amp;&lt;&gt;&quot;&apos;'],
    ['a comment', '<!-- a --><p>x</p>'],
    ['several languages', '<p xml:lang="de" lang="de">Größe 😀</p>'],
  ])('%s', (_, content) => {
    expect(narrativeFault(inDiv(content))).toBeUndefined()
  })
})

describe('refused', () => {
  test.each([
    ['a script', '<script>alert(1)</script>'],
    ['a script in capitals', '<SCRIPT>x</SCRIPT>'],
    ['an event handler', '<p onclick="x()">x</p>'],
    ['an event handler after a slash', '<img/onerror=alert(1) src="x"/>'],
    ['an event handler without quotes', '<img src="#x" onerror=alert(1) />'],
    ['an address that runs', '<a href="javascript:x()">x</a>'],
    ['in capitals and with white space', '<a href=" java\tScript:x()">x</a>'],
    ['in character references', '<a href="&#106;avascript&#58;x()">x</a>'],
    ['in hexadecimal ones', '<a href="&#x6A;avascript&#x3A;x()">x</a>'],
    ['with a name for the colon', '<a href="javascript&colon;x()">x</a>'],
    ['vbscript', '<a href="vbscript:x">x</a>'],
    ['a page in an address', '<a href="data:text/html,x">x</a>'],
    ['a drawing in an address', '<img src="data:image/svg+xml;base64,AAAA"/>'],
    ['an address without scheme', '<img src="//evil.example/x"/>'],
    ['a form', '<form action="x"><input name="y"/></form>'],
    ['a frame', '<iframe src="x"></iframe>'],
    ['an object', '<object data="x"></object>'],
    ['a base', '<base href="x"/>'],
    ['a style sheet', '<style>p{}</style>'],
    ['a link element', '<link rel="stylesheet" href="x"/>'],
    ['a style that fetches', '<p style="background: url(http://evil.example)">x</p>'],
    ['a style in escapes', '<p style="background: u\\72l(x)">x</p>'],
    ['a style that runs', '<p style="width: expression(x)">x</p>'],
    ['a style that covers the page', '<p style="position:fixed">x</p>'],
    ['a drawing', '<svg xmlns="http://www.w3.org/2000/svg"><a>x</a></svg>'],
    ['a drawing by prefix', '<svg:svg xmlns:svg="http://www.w3.org/2000/svg">x</svg:svg>'],
    ['mathematics', '<math>x</math>'],
    ['another namespace', '<p xmlns="http://www.w3.org/2000/svg">x</p>'],
    ['a document type', '<!DOCTYPE x [<!ENTITY y "z">]>x'],
    ['an instruction', '<?xml version="1.0"?>x'],
    ['CDATA', '<![CDATA[<script>]]>'],
    ['an unknown entity', '&unknown;'],
    ['a space by the name that HTML has for it', 'a&nbsp;b'],
    ['a letter by the name that HTML has for it', '<p title="caf&eacute;">x</p>'],
    ['a bare ampersand', 'a & b'],
    ['a character that cannot be', '&#0;x'],
    ['half a surrogate pair', '&#xD800;x'],
    ['the number of what is no character', '&#xFFFE;x'],
    ['the same in decimal', '&#65535;x'],
    ['what is no character', '\uFFFFx'],
    ['what is no character, in a comment', '<!-- \uFFFE -->x'],
    ['a tag left open', '<p>x'],
    ['a tag closed twice', '<p>x</p></p>'],
    ['tags crossed', '<b><i>x</b></i>'],
    ['a bare angle bracket', 'a < b'],
    ['an attribute twice', '<p class="a" class="b">x</p>'],
    ['a comment for one browser', '<!--[if IE]><p>x</p><![endif]--> x'],
    ['a comment that ends early', '<!--> <p>x</p> -->x'],
    ['nothing to say', '<p> </p>'],
    ['too many levels', '<b>'.repeat(200) + 'x' + '</b>'.repeat(200)],
  ])('%s', (_, content) => {
    expect(narrativeFault(inDiv(content))).toBeTypeOf('string')
  })

  test.each([
    ['no div', '<p xmlns="http://www.w3.org/1999/xhtml">x</p>'],
    ['two divs', inDiv('x') + inDiv('y')],
    ['text before', `x${inDiv('y')}`],
    ['text after', `${inDiv('y')}x`],
    ['no namespace', '<div>x</div>'],
    ['nothing', ' '],
    ['plain text', 'x'],
  ])('%s', (_, div) => {
    expect(narrativeFault(div)).toBeTypeOf('string')
  })
})

test('a megabyte of openings takes no more than moments', () => {
  const started = performance.now()
  for (const piece of ['<', '<p ', '<p a="', '<!--', '&', '&#', '<div x="y" ', "<p a=''"]) {
    expect(narrativeFault(inDiv(piece.repeat(100_000)))).toBeTypeOf('string')
  }
  expect(performance.now() - started).toBeLessThan(2000)
})
