#!/usr/bin/env python3
"""Writes the MATLAB files beside it, as MATLAB lays them out (NumPy, SciPy, h5py)."""
import pathlib

import h5py
import numpy as np
import scipy.io

folder = pathlib.Path(__file__).parent
names = ["Admiration", "Aesthetic_appreciation", "valence"]
feat = np.arange(12, dtype=float).reshape(4, 3) / 8
cell = np.array([[n] for n in names], dtype=object)
variables = {
    "L": {"feat": feat, "featname": cell},
    "flags": np.array([[True, False]]),
    "small": np.array([[1, -2], [3, 4]], dtype=np.int16),
    "cube": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
    "words": np.array(["ab", "cde"]),
    "many": np.array([(1.0, "x"), (2.0, "y")], dtype=[("n", object), ("t", object)]),
}
scipy.io.savemat(folder / "ratings_v5.mat", variables, do_compression=False)
scipy.io.savemat(folder / "ratings_v5_packed.mat", variables, do_compression=True)


def text(group, name, value):
    codes = np.array([[ord(c)] for c in value], dtype=np.uint16)
    data = group.create_dataset(name, data=codes)
    data.attrs["MATLAB_class"] = np.bytes_("char")
    data.attrs["MATLAB_int_decode"] = np.int32(2)
    return data


def numbers(group, name, value, kind):
    data = group.create_dataset(name, data=np.asarray(value).T)
    data.attrs["MATLAB_class"] = np.bytes_(kind)
    return data


path = folder / "ratings_v73.mat"
with h5py.File(path, "w", userblock_size=512) as f:
    refs = f.create_group("#refs#")
    group = f.create_group("L")
    group.attrs["MATLAB_class"] = np.bytes_("struct")
    numbers(group, "feat", feat, "double")
    targets = [text(refs, chr(ord("a") + i), n).ref for i, n in enumerate(names)]
    data = group.create_dataset("featname", data=np.array([targets], dtype=h5py.ref_dtype), dtype=h5py.ref_dtype)
    data.attrs["MATLAB_class"] = np.bytes_("cell")
    numbers(f, "cube", np.arange(24, dtype=np.float32).reshape(2, 3, 4), "single")
    empty = f.create_dataset("nothing", data=np.zeros(2, dtype=np.uint64))
    empty.attrs["MATLAB_class"] = np.bytes_("double")
    empty.attrs["MATLAB_empty"] = np.uint8(1)
with open(path, "r+b") as f:
    f.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Mon Jan  1 00:00:00 2024 HDF5 schema 1.00 .".ljust(124))
    f.write(bytes([0, 2]) + b"IM")
