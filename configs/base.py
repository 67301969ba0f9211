"""Every field of every experiment: default, unit, meaning.

Other configs call `get_config` and override. A field that is not here does not
exist: unknown, missing and unread fields are errors. Defaults are the paper's
hyper-parameters.
"""

from typing import Any

from ml_collections import ConfigDict

from jaxfer.data import readers


def get_config() -> Any:
  """Returns the paper's settings for an experiment still to be named."""
  config: Any = ConfigDict()

  data: Any = ConfigDict()
  config.data = data
  data.root = "data"
  # The set that the DCGAN learns from; empty: your own unlabelled faces where
  # there is such a folder of its own, else the labelled ones.
  data.pretrain = "rafd"
  data.probe = "rafd"  # the set that machines are fitted on and tested on
  data.test = ""  # another set, on all of which they are tested instead
  data.only_au = 0  # learn only from faces that show this action unit; 0: all
  data.paths = ConfigDict()
  data.standin = ConfigDict()
  data.standin.sizes = ConfigDict()
  # Of every set, each a module of jaxfer/data/readers of its name:
  for name in readers.NAMES:
    data.paths[name] = ""  # its folder; empty: data.root/<name>
    data[name] = ConfigDict()
    # How faces are found: viola_jones, mtcnn, fixed, boxes_csv or precropped;
    # auto is the set's own way.
    data[name].detector = "auto"
    # A seeded sample of so many images, even over classes and people; a larger
    # one holds the smaller. 0 is all.
    data[name].count = 0
    data[name].seed = 0
    # How many people are drawn; of CelebA, RAF-DB, SFEW, AFEW, DFEW, FERV39k
    # and your own folders of faces, how many images or clips. 0 is the set's
    # own number.
    data.standin.sizes[name] = 0
  # What is read of single sets.
  data.rafd.view = "frontal"  # cameras: frontal, multi or all
  data.rafd.relabel = False  # action units by the paper's Table VI
  data.kdef.angles = "all"  # or half (no full profiles) or front
  data.raf_db.images = "aligned"  # or original
  data.raf_db_compound.images = "aligned"  # or original
  data.sfew.keep_misaligned = False  # crops that hold no face, or half of one
  data.ck_plus.last = 1  # frames from a sequence's end that bear its labels
  data.ck_plus.neutral = 0  # frames from its start that count as neutral
  data.ck.manifest = "enhanced_ck.csv"  # label file, relative to the root
  data.celeba.source = "files"  # or tfds, as tensorflow-datasets stores it
  data.celeba.partition = "train"  # or valid, test, all
  data.celeba.count = 30000
  data.labelled.index = "index.csv"  # label file, relative to the folder
  # Another folder that the label file's paths are relative to, or lie in.
  data.labelled.image_root = ""
  # Least intensity of an action unit, of 0 to 5, that counts as present.
  data.labelled.au_present = 1.0
  # Whose numbers the emotions are, where they are numbers: fer2013, affectnet,
  # raf_db or ck_plus; names: the numbers are your own names of classes.
  data.labelled.codes = ""
  data.own_clips.index = "index.csv"  # label file, relative to the folder
  data.own_clips.rate = 25.0  # pictures a second of clips that are folders
  # Of each set of clips: how many frames one taken frame is from the next.
  data.own_clips.stride = 2
  data.ck_plus_clips.stride = 1
  data.cremad.stride = 2
  data.dfew.stride = 2
  data.dfew.fold = 1  # of its five, whose test part is tested
  data.ferv39k.stride = 2
  data.afew.stride = 2
  # Your own word that the sets of an experiment share no person, where their
  # names do not tell: a sentence that says how you know. Reports quote it.
  data.people_apart = ""
  data.max_megapixels = 64.0  # a larger image is rejected undecoded
  data.standin.draw = False  # use drawn faces in place of the datasets
  data.standin.width = 0  # pixels; the height follows the dataset's shape
  data.standin.seed = 0

  crop = config.crop = ConfigDict()
  crop.size = 64  # height and width of a face in pixels
  crop.boxes = ""  # boxes_csv: a file of path,left,top,width,height in pixels
  crop.rule = "largest"  # of several faces: largest, surest or central
  crop.colour = "auto"  # rgb, grey; auto: grey where one of the sets is
  crop.filter = "bicubic"  # resampling: bicubic, bilinear, lanczos or box
  crop.align_eyes = False  # turn the eyes level; needs mtcnn
  crop.margin = 0.0  # widens the detected box, as a share of its side
  crop.scale_factor = 1.05  # Viola-Jones: ratio of successive window sizes
  crop.min_neighbors = 3  # Viola-Jones: overlapping hits that make a face
  crop.min_face = 0.2  # smallest face, as a share of the shorter image side
  # Viola-Jones looks at images reduced to this many pixels at their longer
  # side: a face of interest is large, and time grows with the area.
  crop.detect_side = 480

  gan = config.gan = ConfigDict()
  # What learns from faces without labels: dcgan, the paper's; contrastive, two
  # views of a face told by each other, with no adversary; contrad, both;
  # clip_dcgan, from clips (others see the middle frame of each).
  gan.learner = "dcgan"
  gan.width = 64  # maps of the first layer; features are 128 times as many
  gan.latent = 100  # dimension of the latent space
  # Global batch, split over the devices; of learners that contrast the faces of
  # a batch halved where faces are few, until two batches are different ones.
  gan.batch = 128
  gan.learning_rate = 2e-4  # Adam
  # The paper prints 0.9, which does not learn; 0.5 is DCGAN's own.
  gan.beta1 = 0.5
  # What convolutions are computed in while a DCGAN learns: bfloat16 is for
  # devices that are faster at it. All else, features too, is float32.
  gan.compute = "float32"  # or bfloat16
  gan.epochs = 300
  # Where faces are few, as many more epochs as make so many steps. 0, and where
  # gan.epochs is given on the command line: epochs alone.
  gan.steps_at_least = 0
  gan.init_from = ""  # folder of a trained DCGAN whose weights it starts from
  # What both networks are told of a face: emotion, aus, or nothing. The
  # features need no label; faces without one are told as such.
  gan.condition = ""
  # What happens when the generator looks collapsed: warn, or stop; the
  # checkpoint before it stays.
  gan.on_collapse = "warn"
  collapse = gan.collapse = ConfigDict()
  collapse.every = 100  # steps between looks, each a draw of some faces
  collapse.faces = 64  # generated and real ones that are compared
  # Before so many steps there is no alarm: a new generator does not vary yet,
  # and D may win for a while (0.03, and G 6.2, on 1,500 faces by step 150). At
  # the end of a training it is judged however few there were.
  collapse.start = 500
  # Real faces are 1 and copies of one face 0.
  collapse.diversity = 0.3  # least ratio of standard deviations
  # A near copy is nearer than this share of the median distance of real faces;
  # the nearest of 64 drawn ones, several of each person, were at 0.11.
  collapse.distance = 0.1
  collapse.duplicates = 0.5  # greatest share of faces with a near copy
  # Of clips: least change from frame to frame, as a share of real ones'.
  collapse.motion = 0.3
  # D that is always right teaches nothing: with beta1 = 0.9 its loss stayed at
  # 0.017, and G's at 11.
  collapse.loss_d = 0.05  # mean between looks below which D is always right,
  collapse.loss_g = 8.0  # and of G, growing, above which it is lost
  collapse.loss_most = 100.0  # mean of either above which a network blew up
  # What contrast is: each view is told by the other one of its face.
  contrast = gan.contrast = ConfigDict()
  contrast.temperature = 0.2
  contrast.hidden = 512  # the head behind which it is taken: hidden layer,
  contrast.out = 128  # and the length of what is compared
  # How contrast alone learns: AdamW, a rise of the rate, then half a cosine.
  contrastive = gan.contrastive = ConfigDict()
  contrastive.learning_rate = 1.5e-3  # the greatest
  contrastive.beta1 = 0.9
  contrastive.weight_decay = 0.01
  contrastive.warmup = 0.1  # share of the steps in which the rate rises
  # How different two views of a face may be. Eyes and mouth stay in them.
  views = gan.views = ConfigDict()
  views.zoom = 0.55  # smallest side that is seen, as a share of the picture's
  views.turn = 0.2  # radians, either way
  views.stretch = 0.12  # greatest change of a side against the other, a share
  views.grey = 0.5  # share of views without colour
  views.gain = 0.2  # greatest change of a channel, as a share
  views.brightness = 0.3  # greatest change, black to white being 2
  views.contrast = 0.3  # greatest change, as a share
  views.blur = 1.0  # greatest standard deviation in pixels
  # Largest side that is covered, as a share; half of the views are whole.
  views.cut = 0.35
  clip = gan.clip = ConfigDict()
  clip.frames = 16  # of a clip: a multiple of 16 at 64 pixels, or 2
  # Whether a generator of clips draws a background that stands still, and a
  # mask that says where what moves covers it.
  gan.background = False
  gan.checkpoint_every = 200  # steps
  gan.grids = 12  # sample grids drawn along training
  gan.grid_side = 8  # faces along each side of a sample grid
  gan.resident_gib = 8.0  # a larger set of faces is streamed to the devices
  gan.steps_per_call = 25  # steps in one call on an accelerator; 5 on CPU

  features = config.features = ConfigDict()
  # How the discriminator is read out. conv4 is the paper's: the activation of
  # the fourth convolution, 4×4 at 64 pixels, 8×8 at 128, where there is a conv5
  # too; pooled and local are of all layers (`learn.encoding`), patches of a
  # dictionary and no network; a + puts several beside each other, behind them
  # hog or pixels.
  features.readout = "conv4"
  features.batch = 256  # faces per call; the result does not depend on it

  svm = config.svm = ConfigDict()
  # What is fitted on features: svm, nearest (votes of the nearest faces), or
  # logistic (regression). Only svm is kept for new faces, as in jaxfer.predict.
  svm.head = "svm"
  svm.protocols = ("paper", "subject", "sealed", "official")
  svm.folds = 10
  svm.sealed_folds = 5  # each takes a DCGAN that never saw its people
  svm.inner_folds = 3  # person-disjoint tuning folds inside a training set
  svm.evaluations = 30  # points tried by a Bayesian search
  svm.starts = 4  # of which seeded starting points
  svm.log10_low = -3.0  # bounds of log10 C and log10 g
  svm.log10_high = 3.0
  svm.au_values = 7  # values of C between them, tried for each action unit
  svm.aus = ()  # action units recognised, by FACS number; () is all fourteen
  svm.backend = "auto"  # sklearn, cuml, jax, or auto: that known as fastest
  # exact: a kernel matrix of all pairs of faces; landmarks: the same kernel
  # known by its values at some faces, for many; auto: exact up to
  # svm.exact_rows labelled faces, those fitted on and those tested together.
  svm.solver = "auto"
  svm.exact_rows = 4000
  svm.landmarks = 1000  # at most; of few rows a fifth of them, 200 at least
  svm.tuned_rows = 2000  # of a training set, on which theirs choose settings
  # What stands beside the trained discriminator, named in
  # jaxfer/representations.py: pixels, hog, untrained, layers; of emotions also
  # knn and logistic; finetuned on the set that is probed; latent and generator,
  # of the generator that is inverted.
  svm.controls = ("pixels", "hog", "untrained")
  svm.labels_per_class = (1, 2, 5, 10, 20)  # of emotions; () leaves it out
  svm.label_draws = 5  # random choices of so many labels
  svm.bootstrap = 2000  # draws behind each confidence interval

  generate = config.generate = ConfigDict()
  generate.count = 1024  # faces drawn from the trained generator
  # How many are compared with as many real ones, at most; half of the real
  # ones give the floor.
  generate.compare = 1024
  generate.ssim = 256  # of each, those whose SSIM is taken, all with all
  generate.bootstrap = 200  # draws behind each interval
  # File of the weights of FID's InceptionV3, for FID, KID and inception score;
  # and the codes whose resizing and scaling they follow: torch-fidelity,
  # pytorch-fid, clean-fid.
  generate.inception = ""
  generate.dialects = ("torch-fidelity",)

  report = config.report = ConfigDict()
  report.faces = "hide"  # all faces: show, blur or hide

  run = config.run = ConfigDict()
  run.experiment = ""  # name of the experiment, as reports print it
  run.collection = ""  # experiments of one collection share a workdir
  run.members = ()  # names of experiments that are run together, in this order
  run.task = "emotion"  # or au: action units
  run.seed = 0  # fixes weights, latents, batch order, folds, searches
  run.seeds = 1  # DCGANs trained, with seeds from run.seed on; folds stay
  run.devices = 0  # number of devices; 0 means all
  # Of several processes: seconds without a training step, after which the one
  # that holds up the others says where it hangs, and ends, and so the run.
  run.patience = 600.0
  # On a GPU: the same bits in every run, at a cost not measured yet.
  run.deterministic = False
  run.tensorboard = False  # also write TensorBoard events (an extra)

  # By name, the fields in which the experiments of run.members differ.
  config.suite = ConfigDict()
  return config


def learn_by(config: Any, learner: str) -> None:
  """Sets what learns, and the batch that suits it, in place."""
  config.gan.learner = learner
  if learner != "dcgan":
    # Every other face of a batch is one that a face is told from.
    config.gan.batch = max(2 * config.gan.batch, 64)


def shrink(config: Any) -> None:
  """Reduces an experiment to minutes on two CPU cores, in place.

  The stages, networks and protocols stay; width, epochs and batch shrink.
  """
  config.gan.width = 16
  # Of few images, many small batches teach more than few large ones: as many
  # images a second, and faces where batches of 64 draw one blurred face.
  config.gan.batch = 16
  config.gan.epochs = 24
  # 306 steps on 204 faces drew one brown face 64 times; 765 sufficed.
  config.gan.steps_at_least = 1000
  config.gan.grids = 8
  config.generate.count = 256
  config.generate.ssim = 128
