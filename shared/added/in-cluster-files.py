"""Files that are mounted, and packages: what runs in a runner seldom need. A part of in-cluster.py."""
import os
import sys


def mounted(head):
    """The files that are mounted, with the sums that they should have."""
    files = {}
    for path, (key, wanted) in head["sums"].items():
        import hashlib
        try:
            with open(head["mounted"] + "/" + key, "rb") as file:
                files[path] = file.read()
        except OSError as error:
            fail("the source in the pod is not what was sent: %s: %s" % (path, error.strerror), "nothing was run; try again")
        if hashlib.sha256(files[path]).hexdigest() != wanted:
            fail("the source in the pod is not what was sent: %s was changed on its way" % path, "nothing was run; who may change ConfigMaps in this project?")
    return files


def packages(wanted, folder):
    """Where the third-party packages are that the image lacks; pip says what fails."""
    import subprocess
    pip = [sys.executable, "-I", "-m", "pip"]
    check = "import sys\nfrom importlib.metadata import version\nfrom pip._vendor.packaging.requirements import Requirement as R\nfor w in sys.argv[1:]:\n r = R(w)\n if r.marker and not r.marker.evaluate(): continue\n if r.extras or r.url or version(r.name) not in r.specifier: sys.exit(1)"
    if subprocess.run([sys.executable, "-I", "-c", check, *wanted], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
        return None
    if subprocess.run(pip + ["--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        fail("the image has no pip, which would install %s" % ", ".join(wanted), "an image that has them: --image IMAGE, or image in its header")
    sys.stderr.write("installing %s\n" % ", ".join(wanted))
    sys.stderr.flush()
    done = subprocess.run(pip + ["install", "-q", "--no-input", "--disable-pip-version-check", "--no-cache-dir", "--retries", "1", "--timeout", "10",
                                 "--target", folder, "--", *wanted], stdin=subprocess.DEVNULL, stdout=2, stderr=subprocess.PIPE)
    if done.returncode:
        said = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.startswith("ERROR")]
        fail("could not install %s in the pod" % ", ".join(wanted), *said[:2], "does the cluster reach a package index? otherwise an image that has them: --image IMAGE")
    return folder
