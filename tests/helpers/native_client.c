/* A C client of serfast.h that computes while another thread holds the GIL.
 *
 * rows(spec: bytes, samples: bytes) -> (rows, rows of a stream): both computed by a thread without
 * Python, for which the caller waits without letting go of the GIL: if a function wanted the GIL,
 * neither would ever go on.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <pthread.h>
#include <serfast.h>

static const serfast_api *api;

typedef struct {
    const serfast_program *program;
    serfast_stream *stream;
    const float *samples;
    ptrdiff_t n_samples, n_rows, n_columns;
    float *rows, *live;
    ptrdiff_t status;
} job;

static ptrdiff_t feed(const job *work, ptrdiff_t chunk)
{
    ptrdiff_t first, n, written = 0;
    for (first = 0; first < work->n_samples; first += chunk) {
        n = work->n_samples - first < chunk ? work->n_samples - first : chunk;
        n = api->accept(work->stream, work->samples + first, n,
                        work->live + written * work->n_columns, work->n_rows - written);
        if (n < 0)
            return n;
        written += n;
    }
    n = api->flush(work->stream, work->live + written * work->n_columns, work->n_rows - written);
    return n < 0 ? n : written + n == work->n_rows ? 0 : SERFAST_E_SIZE;
}

static void *compute(void *argument)
{
    job *work = argument;
    work->status = api->extract(work->program, work->samples, work->n_samples, work->rows,
                                work->n_rows);
    if (work->status == SERFAST_OK)
        work->status = feed(work, 161);
    return NULL;
}

static PyObject *fail(ptrdiff_t status)
{
    return PyErr_Format(PyExc_ValueError, "%s", api->message((int)status));
}

static PyObject *run(job *work)
{
    Py_ssize_t size = work->n_rows * work->n_columns * (Py_ssize_t)sizeof(float);
    PyObject *rows = PyBytes_FromStringAndSize(NULL, size);
    PyObject *live = PyBytes_FromStringAndSize(NULL, size);
    pthread_t thread;
    if (rows == NULL || live == NULL)
        goto out;
    work->rows = (float *)PyBytes_AS_STRING(rows);
    work->live = (float *)PyBytes_AS_STRING(live);
    if (pthread_create(&thread, NULL, compute, work)) {
        PyErr_SetString(PyExc_OSError, "no thread");
        goto out;
    }
    pthread_join(thread, NULL); /* with the GIL */
    if (work->status == SERFAST_OK)
        return Py_BuildValue("NN", rows, live);
    fail(work->status);
out:
    Py_XDECREF(rows);
    Py_XDECREF(live);
    return NULL;
}

static PyObject *rows(PyObject *self, PyObject *arguments)
{
    const char *spec, *samples;
    Py_ssize_t n_spec, n_bytes;
    serfast_program *program;
    job work = {0};
    PyObject *result = NULL;
    ptrdiff_t status;
    if (!PyArg_ParseTuple(arguments, "y#y#", &spec, &n_spec, &samples, &n_bytes))
        return NULL;
    status = api->make_program(spec, n_spec, &program, NULL, 0);
    if (status != SERFAST_OK)
        return fail(status);
    work.program = program;
    work.samples = (const float *)samples;
    work.n_samples = n_bytes / (ptrdiff_t)sizeof(float);
    work.n_rows = api->row_count(program, work.n_samples);
    work.n_columns = api->column_count(program);
    status = api->make_stream(program, &work.stream, NULL, 0);
    result = status == SERFAST_OK ? run(&work) : fail(status);
    api->free_stream(work.stream);
    api->free_program(program);
    return result;
}

static PyMethodDef functions[] = {{"rows", rows, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "native_client", NULL, -1, functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_native_client(void)
{
    api = serfast_import();
    return api == NULL ? NULL : PyModule_Create(&module);
}
