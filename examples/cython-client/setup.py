"""The native build: Cython finds serfast/native.pxd in the installed package by itself."""

from Cython.Build import cythonize
from setuptools import Extension, setup

setup(
    ext_modules=cythonize(
        [Extension("serfast_client", ["serfast_client.pyx"])],
        compiler_directives={"language_level": 3},
    ),
)
