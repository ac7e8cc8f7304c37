"""Tables whose columns lie one after another in memory, for tables of people.

A phase reads two or three of forty columns of everybody.  In an array of records it would fetch all of each
record to do so; here only what it reads.  Kernels and ordinary Python use a table alike: ``table.name`` is a
column, ``table.name[row]`` a cell, ``len(table)`` the number of rows.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from llvmlite import ir
from numba import typeof
from numba.core import cgutils, types
from numba.core.extending import NativeValue, models, overload, register_model, typeof_impl, unbox
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, make_attribute_wrapper
from numba.np.arrayobj import populate_array

LINE = 64  # columns begin where a line of the cache does


class Rows(SimpleNamespace):
    """The same columns of some rows of a table."""

    def __len__(self) -> int:
        return len(next(iter(vars(self).values())))

    @property
    def dtype(self) -> np.dtype:
        """Names and kinds of the columns, as NumPy writes them."""
        return np.dtype([(name, column.dtype) for name, column in vars(self).items()])

    def __getitem__(self, which):
        if isinstance(which, str):
            return getattr(self, which)
        return Rows(**{name: column[which] for name, column in vars(self).items()})


class Table:
    """``rows`` rows of named columns, all zero: one block of memory, a NumPy view of it for each column."""

    def __init__(self, rows: int, kinds: dict[str, str]):
        stride = -(-max(rows, 1) // LINE) * LINE
        sizes = {name: np.dtype(kind).itemsize for name, kind in kinds.items()}
        needed = stride * sum(sizes.values())
        block = np.zeros(needed + LINE, np.uint8)
        spare = -block.ctypes.data % LINE
        block = block[spare : spare + needed]
        at, columns = 0, {}
        for name, kind in kinds.items():
            columns[name] = block[at * stride : at * stride + rows * sizes[name]].view(kind)
            at += sizes[name]
        self.__dict__.update(columns, _kinds=dict(kinds), _rows=rows, _stride=stride, _block=block)

    @property
    def dtype(self) -> np.dtype:
        """Names and kinds of the columns, as NumPy writes them."""
        return np.dtype(list(self._kinds.items()))

    def __len__(self) -> int:
        return self._rows

    def __getitem__(self, which):
        """A column by name; else the columns of some rows."""
        if isinstance(which, str):
            return getattr(self, which)
        return Rows(**{name: getattr(self, name)[which] for name in self._kinds})

    def __setattr__(self, name, values):
        getattr(self, name)[:] = values

    def __setitem__(self, name, values):
        getattr(self, name)[:] = values

    def copy(self) -> Table:
        """An independent copy."""
        twin = Table(self._rows, self._kinds)
        twin._block[:] = self._block
        return twin

    def tobytes(self) -> bytes:
        """All that is written in it."""
        return self._block.tobytes()

    def __reduce__(self):
        return _unpacked, (self._rows, self._kinds, self.tobytes())


def _unpacked(rows, kinds, written) -> Table:
    twin = Table(rows, kinds)
    twin._block[:] = np.frombuffer(written, np.uint8)
    return twin


# -- what Numba is told of it ----------------------------------------------------------------------------------------

BLOCK = types.Array(types.uint8, 1, "C")


class TableType(types.Type):
    """Numba's type of a table: names, kinds and places of its columns."""

    def __init__(self, kinds: tuple[tuple[str, str], ...]):
        self.kinds = kinds
        self.places, at = {}, 0
        for name, kind in kinds:
            cell = typeof(np.empty(0, kind)).dtype
            self.places[name] = at, np.dtype(kind).itemsize, types.Array(cell, 1, "C")
            at += np.dtype(kind).itemsize
        super().__init__(f"Table({', '.join(f'{name}:{kind}' for name, kind in kinds)})")

    @property
    def key(self):
        return self.kinds


@register_model(TableType)
class _Model(models.StructModel):
    def __init__(self, manager, table):
        super().__init__(manager, table, [("block", BLOCK), ("rows", types.intp), ("stride", types.intp)])


make_attribute_wrapper(TableType, "rows", "_rows")
_types: dict[tuple, TableType] = {}


@typeof_impl.register(Table)
def _typeof(table, context):
    kinds = tuple(table._kinds.items())
    if kinds not in _types:
        _types[kinds] = TableType(kinds)
    return _types[kinds]


@unbox(TableType)
def _unbox(table, thing, context):
    value = cgutils.create_struct_proxy(table)(context.context, context.builder)
    for name, kind in (("_block", BLOCK), ("_rows", types.intp), ("_stride", types.intp)):
        part = context.pyapi.object_getattr_string(thing, name)
        setattr(value, name[1:], context.unbox(kind, part).value)
        context.pyapi.decref(part)
    failed = cgutils.is_not_null(context.builder, context.pyapi.err_occurred())
    return NativeValue(value._getvalue(), is_error=failed)


@infer_getattr
class _Columns(AttributeTemplate):
    key = TableType

    def generic_resolve(self, table, name):
        if name in table.places:
            return table.places[name][2]
        return None


@lower_getattr_generic(TableType)
def _column(context, builder, table, value, name):
    """A view of the column; it does not count as an owner, so nothing is counted when it is passed on."""
    at, size, kind = table.places[name]
    whole = cgutils.create_struct_proxy(table)(context, builder, value=value)
    block = context.make_array(BLOCK)(context, builder, value=whole.block)
    view = context.make_array(kind)(context, builder)
    start = builder.mul(whole.stride, ir.Constant(whole.stride.type, at))
    data = builder.bitcast(builder.gep(block.data, [start]), view.data.type)
    width = context.get_constant(types.intp, size)
    populate_array(view, data=data, shape=[whole.rows], strides=[width], itemsize=width, meminfo=None)
    return view._getvalue()


@overload(len)
def _len(table):
    if isinstance(table, TableType):
        return lambda table: table._rows
    return None
