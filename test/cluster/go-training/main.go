// The Training Operator's own controllers, to run beside the tests' cluster: its program without webhooks and their
// certificates, which want it to run within.
package main

import (
	"flag"
	"os"

	kubeflow "github.com/kubeflow/training-operator/pkg/apis/kubeflow.org/v1"
	"github.com/kubeflow/training-operator/pkg/config"
	controllers "github.com/kubeflow/training-operator/pkg/controller.v1"
	"github.com/kubeflow/training-operator/pkg/controller.v1/common"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientgo "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	metrics "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

func main() {
	image := flag.String("init-image", "", "image of the container that prepares an MPI launcher")
	template := flag.String("init-template", "", "file with the container that prepares a PyTorch worker")
	namespace := flag.String("namespace", "", "the one namespace to look at")
	flag.Parse()
	config.Config.PyTorchInitContainerTemplateFile = *template
	config.Config.MPIKubectlDeliveryImage = *image
	config.Config.PyTorchInitContainerMaxTries = config.PyTorchInitContainerMaxTriesDefault
	ctrl.SetLogger(zap.New())

	scheme := runtime.NewScheme()
	utilruntime.Must(clientgo.AddToScheme(scheme))
	utilruntime.Must(kubeflow.AddToScheme(scheme))
	manager, err := ctrl.NewManager(ctrl.GetConfigOrDie(), ctrl.Options{
		Scheme:  scheme,
		Metrics: metrics.Options{BindAddress: "0"},
		Cache:   cache.Options{DefaultNamespaces: map[string]cache.Config{*namespace: {}}},
	})
	exitOn(err)
	for _, setup := range controllers.SupportedSchemeReconciler {
		exitOn(setup(manager, common.GenNonGangSchedulerSetupFunc(), 1))
	}
	exitOn(manager.Start(ctrl.SetupSignalHandler()))
}

func exitOn(err error) {
	if err != nil {
		ctrl.Log.Error(err, "the controllers can't run")
		os.Exit(1)
	}
}
