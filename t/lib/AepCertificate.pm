package AepCertificate;

# A self-signed certificate for a test.
#
#     my $certificate = AepCertificate->make('localhost');    # ->certificate and ->key are files

use strict;
use warnings;

use File::Temp ();

sub make {
    my ($class, $name) = @_;
    my $directory = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
    my $self = bless { directory => $directory }, $class;
    my @command = (qw(openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2),
        '-subj', "/CN=$name", '-addext', "subjectAltName=DNS:$name", '-keyout', $self->key, '-out', $self->certificate);
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDERR, '>', "$directory/log";
        exec @command or exit 127;
    }
    waitpid $pid, 0;
    die "openssl makes no certificate\n" if $?;
    chmod 0755, $directory;
    return $self;
}

sub certificate { return "$_[0]{directory}/certificate.pem" }
sub key         { return "$_[0]{directory}/key.pem" }

1;
