"""The comparison itself: each way in which a destination can be unfaithful is found."""

import unittest

import values
from faithful import sent
from values import Column, Table

COLUMNS = [Column("id", "id", "integer"), Column("n", "n", "decimal"), Column("t", "t", "text"),
           Column("t__it", "t", "integer"), Column("at", "at", "timestamp"), Column("j", "j", "json")]
ROW = {"id": 1, "n": "0.10", "t": "1", "t__it": None, "at": "2020-01-01T00:00:00.000001Z", "j": '{"a":1.0,"b":null}'}
LINES = ['{"type":"SCHEMA","stream":"s","key_properties":["id"],"schema":{}}',
         '{"type":"RECORD","stream":"s","record":{"id":1,"n":0.1,"t":"1","at":"2020-01-01T01:00:00.0000019+01:00",'
         '"j":{"b":null,"a":1}}}']


class Values(unittest.TestCase):
    def faults(self, *rows):
        return list(values.differences("s", Table(COLUMNS, list(rows)), sent(LINES)[0]["s"]))

    def test_the_same(self):
        self.assertEqual(self.faults(ROW), [])

    def test_each_change_is_found(self):
        changes = {"id": 2, "n": "0.1000000000000000055", "t": "01", "t__it": 1, "at": "2020-01-01T00:00:00.000002Z",
                   "j": '{"a":"1","b":null}'}
        for name, value in changes.items():
            self.assertTrue(self.faults(ROW | {name: value}), name)
            if ROW[name] is not None:
                self.assertTrue(self.faults(ROW | {name: None}), name)
        self.assertTrue(self.faults(ROW | {"t": None, "t__it": 1}))  # A number for a text.
        self.assertTrue(self.faults(ROW, ROW | {"id": 2}))
        self.assertTrue(self.faults())


if __name__ == "__main__":
    unittest.main(verbosity=2)
