#!/usr/bin/env python3
"""Writes the files beside it, as MATLAB and bdpy lay them out (NumPy, SciPy, h5py)."""
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

# BData of bdpy: chunks that end neither with the rows nor with the columns, packed, text of any length.
samples, columns = 30, 50
with h5py.File(folder / "bdata_packed.h5", "w") as f:
    value = np.arange(samples)[:, None] * 100.0 + np.arange(columns)
    packed = {"compression": "gzip", "shuffle": True}
    f.create_dataset("dataset", data=value, chunks=(7, 9), **packed)
    keys = ["VoxelData", "voxel_x", "ROI_A", "ROI_B-1", "Run", "Label"]
    marks = np.full((len(keys), columns), np.nan)
    marks[0, :46] = 1
    marks[1, :46] = np.arange(46) - 20.5
    marks[2, [3, 4, 5, 40]] = 1
    marks[3, [5, 40, 45]] = 1
    marks[4, 46] = 1
    marks[5, 47:] = 1
    f.create_dataset("metadata/key", data=keys, dtype=h5py.string_dtype())
    f.create_dataset("metadata/description",
                     data=["1 = fMRI", "x in mm", "1 = ROI A", "1 = ROI B", "1 = Run", "1 = Label"],
                     dtype=h5py.string_dtype())
    f.create_dataset("metadata/value", data=marks, chunks=(4, 11), **packed)
    for number, name in enumerate(["first", "second"], 1):
        f[f"vmap/Label/{number:.1f}"] = name
