package AepVisitors;

# Many visitors of a shop at once (t/tools/visitors.mjs), and what became of their requests. They go with the test.
#
#     use AepVisitors;
#     my $visitors = AepVisitors->start(port => $server->port, rate => 500);
#     ...
#     $visitors->stop;
#     my $account = $visitors->audit(edge => $journal, queue => $directory);

use strict;
use warnings;

use Cwd ();
use File::Basename ();
use File::Temp ();
use JSON::PP ();

my $program = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/../tools/visitors.mjs');
my $audit   = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/../tools/audit.mjs');
my %owner_of;
my %output_of;    # what they print, until they have ended

# They go to one port, or to each of several, as behind a load balancer: a list of them. `undecided`: how many of them
# do nothing but change their minds on consent. `repeats`: the share of acknowledged requests that they send again (0.02).
sub start {
    my ($class, %options) = @_;
    my $journal = File::Temp->new(TEMPLATE => 'aep-XXXXXX', TMPDIR => 1);
    my $pid     = open my $out, '-|', 'node', $program, '--port', ref $options{port} ? join(',', @{ $options{port} }) : $options{port}, '--rate', $options{rate},
        '--journal', "$journal", map { exists $options{$_} ? ("--$_", $options{$_}) : () } qw(undecided repeats)
        or die "node does not start: $!";
    $owner_of{$pid}  = $$;
    $output_of{$pid} = $out;
    return bless { pid => $pid, journal => $journal, }, $class;
}

# How many events were sent and answered by now.
sub events {
    my $self = shift;
    my $in   = $self->{journal};
    my $size = -s "$in";
    seek $in, $size > 4096 ? $size - 4096 : 0, 0;
    local $/;
    my @sent = (<$in> // '') =~ /"sent":(\d+)\}\n/g;
    return $sent[-1] // 0;
}

# No new requests; returns how many there were once all have an answer.
sub stop {
    my $self = shift;
    kill TERM => $self->{pid};
    my $out = delete $output_of{ $self->{pid} };
    my $noted = <$out>;
    delete $owner_of{ $self->{pid} };
    local $?;
    close $out;
    chomp $noted if defined $noted;
    return $noted;
}

# Compares what they know with what the Edge stand-in has noted in its journal, and the directory of the queue, once
# all have ended: t/tools/audit.mjs. `gone`: that of a node whose disk nobody has any more.
sub audit {
    my ($self, %files) = @_;
    my @command = ('node', $audit, '--sent', "$self->{journal}", '--received', $files{edge}, '--queue',
        ref $files{queue} ? join(',', @{ $files{queue} }) : $files{queue});
    push @command, '--gone', $files{gone} if $files{gone};
    open my $out, '-|', @command or die "node does not start: $!";
    local $/;
    return JSON::PP::decode_json(<$out> // '{}');
}

END {
    for my $pid (keys %owner_of) {
        next unless $owner_of{$pid} == $$;
        local $?;
        kill KILL => $pid;
        waitpid $pid, 0;
    }
}

1;
