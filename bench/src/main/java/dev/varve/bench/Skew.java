package dev.varve.bench;

/// Few have much and many have little, as among customers: number `k` of `size` has a share in proportion to
/// 1 / (k + 1)^exponent.
final class Skew {
    /// Of projects: among 1,000 the first has 8 % of everything.
    static final double PROJECTS = 0.85;
    /// Of event names.
    static final double NAMES = 1;

    private final double[] upTo;

    Skew(int size, double exponent) {
        upTo = new double[size];
        double sum = 0;
        for (int k = 0; k < size; k++) {
            sum += Math.pow(k + 1, -exponent);
            upTo[k] = sum;
        }
        for (int k = 0; k < size; k++) {
            upTo[k] /= sum;
        }
    }

    /// Which of them has the place `at` (0 to 1) when all shares lie side by side.
    int pick(double at) {
        int low = 0;
        int high = upTo.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (upTo[middle] > at) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    double share(int number) {
        return upTo[number] - (number == 0 ? 0 : upTo[number - 1]);
    }
}
