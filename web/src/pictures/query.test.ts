import { describe, expect, test } from 'vitest'
import { Selection } from '../timeline/selection'
import { keyOf, parametersOf, selectionOf } from './query'

const told = (selection: Selection) => selection.told(() => [])!
const days = Selection.none.stretched({ time: '2020-05-03T00:00:00', id: '' }, { time: '2020-05-05T00:00:00', id: '' })

describe('a selection in the words of the server', () => {
  test('is ids alone where nothing but pictures was chosen', () => {
    const selection = Selection.none.with({ time: '2020-05-03T10:00:00', id: 'a' })
    expect(selectionOf({ tag: ['/A'] }, told(selection))).toEqual({ query: null, include: ['a'], exclude: [] })
  })

  test('is the query of the view where all is selected, but for what was left out', () => {
    const selection = Selection.all().without({ time: '2020-05-03T10:00:00', id: 'a' })
    expect(selectionOf({ tag: ['/A'], q: 'lake or hill' }, told(selection))).toEqual({ query: { tag: ['/A'], q: 'lake or hill' }, include: [], exclude: ['a'] })
  })

  test('has the stretch besides what the view asks for, to the microsecond', () => {
    const dates = 'timeline:>=2020-05-03T00:00:00.000000 timeline:<2020-05-05T00:00:00.000000'
    expect(selectionOf({ trash: true }, told(days))!.query).toEqual({ trash: true, q: dates })
    expect(selectionOf({ q: 'is:trash lake' }, told(days))!.query).toEqual({ q: `is:trash lake ${dates}` })
    expect(selectionOf({ q: 'lake or hill' }, told(days))!.query).toEqual({ q: `(lake or hill) ${dates}` })
  })

  test('joins stretches by or, and says so where they are too many', () => {
    const two = days.stretched({ time: '2019-01-01T00:00:00', id: '' }, { time: '2019-02-01T00:00:00', id: '' })
    expect(selectionOf({}, told(two))!.query).toMatchObject({
      q: '((timeline:>=2019-01-01T00:00:00.000000 timeline:<2019-02-01T00:00:00.000000) or (timeline:>=2020-05-03T00:00:00.000000 timeline:<2020-05-05T00:00:00.000000))',
    })
    let many = Selection.none
    for (let year = 1900; year < 2000; year++) many = many.stretched({ time: `${year}-01-01T00:00:00`, id: '' }, { time: `${year}-02-01T00:00:00`, id: '' })
    expect(selectionOf({}, told(many))).toBeNull()
  })
})

test('what is not asked for is not in the address, nor tells queries apart', () => {
  expect(parametersOf({ tag: [], q: '  ', trash: false })).toEqual({})
  expect(keyOf({ tag: [], exact: false })).toBe(keyOf({}))
  expect(keyOf({ q: 'a' })).not.toBe(keyOf({ q: 'b' }))
})
